"""English words for the things, with what a librarian and a naturalist have to say of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Noun:
    """A thing: what it does in a picture, and sentences that are true of it anywhere."""

    doing: tuple[str, ...]
    facts: tuple[str, ...]


NOUNS: dict[str, Noun] = {
    "boat": Noun(
        ("lies at its mooring", "leans on the wind", "waits for the tide"),
        (
            "A boat is the only house that comes along when you leave.",
            "Its sail has been mended so often that no one knows which patch came first.",
            "The children have painted a fish on its stern, and it has never yet run aground.",
            "Nobody locks a boat here; the knot is enough.",
        ),
    ),
    "ship": Noun(
        ("comes in slowly", "lies with steam up", "turns its bow to the open water"),
        (
            "One hears a ship long before one sees it, and smells its coal longer still.",
            "It carries tea, umbrellas and, it is said, a piano that nobody has ordered.",
            "Whoever has once slept on a ship keeps a little of the swaying for good.",
            "The two funnels are for show; the engine needs only one.",
        ),
    ),
    "train": Noun(
        ("goes by without haste", "stops for water", "draws its white plume behind it"),
        (
            "The train is never on time, but it is always on the same day.",
            "From the last carriage one can pick blackberries where the line climbs.",
            "The driver lifts his cap to every cow, and some of them nod.",
            "A whole valley sets its clocks by a whistle that is usually late.",
        ),
    ),
    "bicycle": Noun(
        ("leans where it was left", "waits for its rider", "stands with bread in its basket"),
        (
            "A bicycle is a very small carriage for one person and a loaf of bread.",
            "Its bell was once a doorbell, and people still look round for a door.",
            "The chain has been oiled with sunflower oil, which the sparrows approve of.",
            "It belongs to the postman on weekdays and to his daughter on Sundays.",
        ),
    ),
    "balloon": Noun(
        ("rises without a sound", "hangs quite still", "drifts where it pleases"),
        (
            "In a balloon there is no wind, for one travels inside it.",
            "Dogs bark at a balloon, but cows, who understand slowness, do not.",
            "The basket was woven by the woman who makes baskets for cherries.",
            "Seen from a balloon, every quarrel has the size of a handkerchief.",
        ),
    ),
    "kite": Noun(
        ("pulls at its string", "dances over our heads", "climbs and climbs"),
        (
            "A kite is a letter to the wind that the wind reads over and over.",
            "Its tail is made of bows from the hats of three aunts.",
            "Whoever holds the string feels the sky with one finger.",
            "The best kites are made from the newspapers of a dull week.",
        ),
    ),
    "house": Noun(
        ("stands with smoke over its chimney", "keeps its windows bright", "looks out over everything"),
        (
            "A house is known by its chimney long before one can see its door.",
            "There are four rooms in it and one of them is for apples.",
            "Its door sticks in wet weather, so guests learn to knock with a shoulder.",
            "Somebody always leaves a lamp for whoever comes home last.",
        ),
    ),
    "lighthouse": Noun(
        ("stands on its rock", "counts the dark hours", "looks three ways at once"),
        (
            "The keeper of a lighthouse reads a great deal, but never after sunset.",
            "A hundred and twelve steps lead up to the lamp, and a hundred and thirteen down.",
            "No two lighthouses on this coast wear the same stripes, so that sailors can tell them apart by day.",
            "Moths think highly of it.",
        ),
    ),
    "windmill": Noun(
        ("turns its four arms", "rests between two winds", "creaks like a ship"),
        (
            "A windmill is a ship that has decided to stay.",
            "The miller can tell tomorrow's weather from the sound of the third sail.",
            "Flour has settled on everything inside, even on the cat and on the calendar.",
            "When the sails stand like a cross, there is a wedding; when like a plus, the miller is out.",
        ),
    ),
    "bridge": Noun(
        ("crosses in three arches", "holds the two banks together", "bends its back over the water"),
        (
            "Everyone in these parts has been kissed, or has waited in vain, on a bridge.",
            "The middle arch is for boats, the left for swallows and the right for trout.",
            "It was built by two brothers who met, after nine years, exactly in the middle.",
            "On a bridge one is for a while in no parish at all.",
        ),
    ),
    "tree": Noun(
        ("stands as it has always stood", "holds a whole choir of leaves", "spreads its round crown"),
        (
            "A tree writes one line a year and never lets anyone read it.",
            "Under its branches it goes on raining for an hour after the rain.",
            "Four generations have measured their children against its trunk.",
            "There is a hollow on its north side in which letters are left.",
        ),
    ),
    "flower": Noun(
        ("has opened since yesterday", "turns its face to the light", "nods on its stem"),
        (
            "A flower makes no noise, and still one looks round.",
            "Bees visit it in the order of their age, the eldest first.",
            "It closes when it is looked at for too long, or so the gardener says.",
            "Pressed in a dictionary, it will stain the word beside it.",
        ),
    ),
    "mushroom": Noun(
        ("has come up overnight", "holds its spotted roof over the moss", "stands with its child beside it"),
        (
            "A mushroom is the umbrella of somebody very small.",
            "It is better admired than eaten.",
            "It came in one night and will go in another; mushrooms keep no calendar.",
            "Beetles gather below it when the first drops fall.",
        ),
    ),
    "mountain": Noun(
        ("rises behind everything", "keeps its snow all year", "stands alone against the sky"),
        (
            "The mountain has three names, one for each valley that looks at it.",
            "Nobody has climbed it on a Tuesday.",
            "In the evening its shadow reaches farther than a day's walk.",
            "What looks like a path on it is the dry bed of a stream, and what looks like a stream is a path.",
        ),
    ),
    "moon": Noun(
        ("hangs low with its eyes closed", "sleeps among the clouds", "lights the whole place for nothing"),
        (
            "The moon is asleep in this picture, as it is in most of ours.",
            "By its light one can read large print, but not small.",
            "The tide follows it like a dog that has been told not to.",
            "It is the oldest lamp we have and was never once refilled.",
        ),
    ),
    "star": Noun(
        ("shines with all five points", "is the first to come out", "hangs there and smiles"),
        (
            "This star is not in the almanac, but every child can find it.",
            "It rises a little earlier each evening, as if it were learning to be punctual.",
            "Sailors do not trust it, because it smiles.",
            "Its light set out before this library was founded.",
        ),
    ),
    "cat": Noun(
        ("sits and looks at us", "keeps its tail round its feet", "pretends not to wait"),
        (
            "The cat belongs to nobody and dines with everybody.",
            "It has read none of our books, but has slept on most of them.",
            "Its whiskers know the width of every door in the place.",
            "When it closes its eyes, one feels that the matter is settled.",
        ),
    ),
    "dog": Noun(
        ("stands with its tail up", "listens with both ears", "waits to be told that it is good"),
        (
            "The dog has walked here so often that there is a path of its own.",
            "It collects one stick for each visitor and remembers which is whose.",
            "It sleeps through thunder and wakes at the sound of a biscuit.",
            "It is afraid of nothing except the letter box.",
        ),
    ),
    "rabbit": Noun(
        ("sits with upright ears", "has stopped to think", "holds perfectly still"),
        (
            "A rabbit hears a carrot being pulled two gardens away.",
            "It washes its ears one after the other, the left one first.",
            "It has three doors to its house and has never been seen to use the same one twice.",
            "Its tail is the last thing that one sees of it, and usually the only one.",
        ),
    ),
    "horse": Noun(
        ("stands and dreams on its feet", "has lost no time", "lifts its head at our step"),
        (
            "The horse knows the way home better than the man who owns it.",
            "It likes apples, brass music, and to be spoken to in whole sentences.",
            "Its mane is combed on Saturdays, its hooves on the first of the month.",
            "It once carried the mail through a flood and was given a straw hat.",
        ),
    ),
    "bird": Noun(
        ("sings as if it were paid for it", "holds its head to one side", "has something to tell"),
        (
            "The bird has two songs, a long one for the morning and a short one for us.",
            "It builds with moss, horsehair and, this year, a tram ticket.",
            "It weighs no more than a letter with two sheets.",
            "Where it spends the winter is its own affair.",
        ),
    ),
    "owl": Noun(
        ("looks at us with both lamps", "sits on its branch", "turns its head all the way round"),
        (
            "An owl hears a mouse think.",
            "It flies so softly that the dark hardly notices.",
            "It has been counted as a member of this library since its first winter in the attic.",
            "By day it is a piece of bark; by night it is everybody's aunt.",
        ),
    ),
    "fish": Noun(
        ("goes by with an open eye", "stands in the current", "fans itself with its tail"),
        (
            "A fish has no eyelids and therefore sees its own dreams.",
            "It knows the underside of every boat.",
            "It breathes what we drown in and is polite about it.",
            "Its scales can be read like the rings of a tree, if the fish agrees.",
        ),
    ),
    "whale": Noun(
        ("comes up for breath", "goes along like a slow thought", "shows its tail to the world"),
        (
            "A whale's song can be heard for a hundred miles by anyone who is a whale.",
            "It has the smallest eye, for its size, and the kindest.",
            "When it turns over, the gulls have to move house.",
            "It has swum round the world twice and found it about right.",
        ),
    ),
    "butterfly": Noun(
        ("cannot decide", "opens and shuts like a small book", "rests with its wings spread"),
        (
            "A butterfly has four pages and reads all of them aloud.",
            "It tastes with its feet, so it walks upon its dinner.",
            "The eyes on its wings are there for people who do not blink.",
            "It lived as something else until the end of May.",
        ),
    ),
    "snail": Noun(
        ("is on its way", "carries everything that it owns", "has put out both its horns"),
        (
            "A snail is at home wherever it stops.",
            "It crosses the path in the time that it takes to read a sonnet, slowly.",
            "It leaves a line behind it, like any other writer.",
            "The spiral of its shell turns to the right; one in ten thousand turns to the left and is lonely.",
        ),
    ),
    "teapot": Noun(
        ("steams from its spout", "wears its band of daisies", "is warm to the touch"),
        (
            "A teapot holds four cups, or one conversation.",
            "Its lid was broken in the year of the comet and has been a little crooked since.",
            "It was a wedding present, and is the only guest who stayed.",
            "Good tea, says the librarian, is only hot rain with a memory of leaves.",
        ),
    ),
    "cup": Noun(
        ("steams on its saucer", "is still half full", "has been filled to the brim"),
        (
            "The cup has a chip at the rim that only its owner knows how to avoid.",
            "It remembers every lip and tells nothing.",
            "There were six of them once; this is the one that is used.",
            "Coffee is drunk from it in the morning, soup at noon, and at night it holds the buttons.",
        ),
    ),
    "violin": Noun(
        ("leans beside its bow", "has just been put down", "hums when a cart goes by"),
        (
            "A violin that is not played grows hoarse.",
            "It was made from a maple that stood too near a dancing floor.",
            "Its third string is tuned a little low, for the sake of the dog.",
            "The tune that was last played on it is still somewhere in the wood.",
        ),
    ),
    "drum": Noun(
        ("waits with crossed sticks", "still trembles a little", "has been left after the march"),
        (
            "A drum says only one word, but says it in every mood.",
            "It led the fire brigade for thirty years, and twice they found the fire.",
            "Peas are kept in it out of season.",
            "Its skin is tighter in fine weather, so it is also consulted about the hay.",
        ),
    ),
    "bell": Noun(
        ("has just rung", "wears a bow as on feast days", "waits for its hour"),
        (
            "The bell was cast with a spoonful of silver, and one hears which spoon.",
            "It rings for weddings, fires and lost children, and each has its own measure.",
            "A bell is mostly air with a rim of bronze to keep it in.",
            "When it is quiet, one can hear the sea in it, or believes so.",
        ),
    ),
    "clock": Noun(
        ("ticks to itself", "is a little fast", "shows its round face"),
        (
            "The clock has been slow since the winter, and we have grown used to the extra minutes.",
            "It wakes the house at six and then is sorry.",
            "A clock that stands still is right twice a day; this one is right in between.",
            "Its two bells quarrel every morning over who was first.",
        ),
    ),
    "lamp": Noun(
        ("makes a small room in the large one", "burns with a steady light", "stands under its wide shade"),
        (
            "A lamp is the only piece of furniture that is larger at night.",
            "Moths come to it with urgent news.",
            "Its cord is pulled twice: once for reading, once for remembering.",
            "By this lamp the whole catalogue was copied, in a fair hand, from A to Owl.",
        ),
    ),
    "book": Noun(
        ("lies open at a picture", "stands half open", "has been read as far as the ribbon"),
        (
            "The book falls open at the page where somebody once fell asleep.",
            "There is sand between its leaves, and nobody can say from which summer.",
            "It is the only copy, and it knows it.",
            "Someone has written yes in the margin, and someone else why.",
        ),
    ),
    "umbrella": Noun(
        ("stands open to dry", "has lost its owner", "rests on its crooked handle"),
        (
            "An umbrella is a piece of sky with a handle.",
            "It has been left on trains so often that it knows the conductors.",
            "Two can walk under it if they have the same opinion about puddles.",
            "It opens with a sigh and shuts with a snap.",
        ),
    ),
    "apple": Noun(
        ("has kept its leaf", "shines as if it had been polished", "smells of the whole autumn"),
        (
            "The apple is of a kind that keeps until March and forgives everything.",
            "A worm has lived in its neighbour, but not in this one.",
            "There are five seeds in it, and each would be a different tree.",
            "It was picked by the one person tall enough.",
        ),
    ),
    "chair": Noun(
        ("stands empty and expects somebody", "keeps its straw seat warm", "has been carried outdoors"),
        (
            "A chair is an invitation with four legs.",
            "One of its legs is shorter, so whoever sits in it agrees with both sides.",
            "The straw of the seat came from the field that one sees from it.",
            "It has been empty since noon, and nobody dares to take it.",
        ),
    ),
}
