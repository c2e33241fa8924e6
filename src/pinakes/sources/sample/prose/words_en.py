"""English words for places, hours, weathers and sounds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """A place: how one is there by ground, water or air, and sentences about it."""

    ground: str
    water: str
    air: str
    sights: tuple[str, ...]


PLACES: dict[str, PlaceWords] = {
    "sea": PlaceWords(
        "at sea",
        "at sea",
        "above the sea",
        (
            "The sea goes on turning its pages.",
            "Out at sea there is nothing to lean on but the horizon.",
            "Wave follows wave, and none of them is in a hurry.",
            "The sea smells of iron and cucumbers.",
        ),
    ),
    "harbour": PlaceWords(
        "on the quay of the harbour",
        "in the harbour",
        "above the harbour",
        (
            "The tall houses of the harbour look at themselves in the water and are content.",
            "In the harbour every rope has a name and every gull a post of its own.",
            "Nets are drying along the harbour wall.",
            "The harbour is so small that the boats have to be polite.",
        ),
    ),
    "beach": PlaceWords(
        "on the beach",
        "off the beach",
        "above the beach",
        (
            "The beach is long, pale and nearly empty.",
            "The sand of the beach keeps our steps until the next tide and then gives them back.",
            "Behind the beach the dune grass writes with a hundred pens.",
            "Shells lie along the beach like commas.",
        ),
    ),
    "river": PlaceWords(
        "by the river",
        "on the river",
        "above the river",
        (
            "The river comes round the hill as if it had forgotten something.",
            "Reeds stand along the river and talk when there is wind.",
            "The river is brown in spring, green in summer, and in winter it keeps its thoughts to itself.",
            "Somewhere up the river a mill wheel turns.",
        ),
    ),
    "forest": PlaceWords(
        "in the forest",
        "in the forest",
        "above the forest",
        (
            "The forest begins without a gate.",
            "In the forest the light comes down in coins.",
            "The paths of the forest were made by deer and corrected by children.",
            "It is so quiet in the forest that one hears the needles fall.",
        ),
    ),
    "hills": PlaceWords(
        "in the hills",
        "in the hills",
        "above the hills",
        (
            "The hills lie one behind the other like sleepers under a quilt.",
            "In the hills each field has been combed in its own direction.",
            "The road through the hills takes every bend that it can find.",
            "Behind these hills there are other hills, and behind them, it is said, the sea.",
        ),
    ),
    "mountains": PlaceWords(
        "in the mountains",
        "in the mountains",
        "above the mountains",
        (
            "In the mountains every sound comes back to ask what was meant.",
            "The mountains hold the last light on their shoulders.",
            "One walks more slowly in the mountains and arrives earlier.",
            "The air of the mountains tastes of snow and of stone.",
        ),
    ),
    "town": PlaceWords(
        "in the town",
        "in the town",
        "above the roofs of the town",
        (
            "The town has nine streets, and eight of them lead to the baker.",
            "The gables of the town stand shoulder to shoulder, as for a photograph.",
            "Somebody in the town is always practising the same scale.",
            "The cobbles of the town were laid by a man who liked fish scales.",
        ),
    ),
    "garden": PlaceWords(
        "in the garden",
        "in the garden",
        "above the garden",
        (
            "The garden is fenced in white, more for politeness than against anyone.",
            "In the garden the beans have reached the top of their poles and are looking round for more.",
            "The gate of the garden says its one word to everyone.",
            "The garden smells of mint and of wet string.",
        ),
    ),
    "table": PlaceWords(
        "on the table",
        "on the table",
        "on the table",
        (
            "The table stands by the window, where the day comes in first.",
            "The cloth on the table has been ironed for company.",
            "Under the table there is a drawer for string, stamps and keys to nothing.",
            "Everything important in this house has happened at the table.",
        ),
    ),
    "sky": PlaceWords(
        "in the sky",
        "in the sky",
        "in the sky",
        (
            "There is a great deal of sky here and nobody to use it.",
            "The sky is wide enough for everybody.",
            "Far below the sky the fields lie like folded shirts.",
            "The sky has been swept since yesterday.",
        ),
    ),
    "underwater": PlaceWords(
        "under the sea",
        "under the sea",
        "under the sea",
        (
            "Under the sea the light comes in slanting rays, as into a church.",
            "Corals grow under the sea like slow fireworks.",
            "Nothing is ever dropped under the sea; it is only put down gently.",
            "The weeds under the sea bow to every passer-by.",
        ),
    ),
}

TIMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "day": (
        ("by day", "in daylight", "on a bright day"),
        (
            "It is broad day, and there is time for everything.",
            "It is a day without a single appointment.",
            "The day stands high, and shadows are short.",
            "It is one of those days that need no name in the diary.",
        ),
    ),
    "dusk": (
        ("at dusk", "at dusk", "at dusk, when the sun goes down"),
        (
            "At dusk the colours speak once more before they go to sleep.",
            "It is dusk; the sky is the colour of apricots.",
            "Dusk has come, and the swallows have handed over to the bats.",
            "The dusk takes its time, like a guest who is already in his coat.",
        ),
    ),
    "night": (
        ("at night", "by night", "at night, under the stars"),
        (
            "It is night, and the windows have taken over from the sun.",
            "At night everything moves a little closer together.",
            "The night is so clear that one could count it.",
            "In the night a dog barks once and then thinks better of it.",
        ),
    ),
}

WEATHERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "clear": ((), ()),
    "rain": (
        ("in the rain", "in a steady rain", "in fine rain"),
        (
            "Rain falls on everything alike, without looking at the list.",
            "It has been raining since breakfast, quietly and with good handwriting.",
            "The rain draws thin lines through the picture, as if to strike it out, and then leaves it.",
            "In the rain every leaf has its own small drum.",
        ),
    ),
    "snow": (
        ("in the snow", "in falling snow", "under snow"),
        (
            "Snow is falling, and each flake seems to have an address.",
            "The snow has made all things round and all steps soft.",
            "Snow lies on everything that holds still.",
            "It has snowed, and the world has been given a fresh sheet of paper.",
        ),
    ),
}

SOUNDS: dict[str, tuple[str, str]] = {
    "bell": ("A bell rings", "The strokes of a bell, each left to ring until one hears its hum."),
    "clock": ("A clock ticks and strikes", "The ticking of a clock, and at the end it strikes."),
    "violin": ("A tune on the violin", "A slow tune on a violin, played by somebody who thought that nobody listened."),
    "drum": ("A drum beats a march", "A drum that beats a march, with its snares let loose."),
    "kettle": (
        "A teapot is filled, a kettle sings",
        "A kettle comes to the boil beside the teapot and begins to sing.",
    ),
    "bicycle": ("A bicycle bell", "The bell of a bicycle, twice, and the ticking of its wheel."),
    "music box": ("A music box", "A music box plays a plucked tune that nobody remembers having wound."),
    "rain": ("Rain", "Rain on leaves and on a window sill."),
    "waves": ("Waves of the sea", "Waves of the sea that come in, break and run back over the stones."),
    "wind": ("Wind", "Wind that rises, whistles in a gap and falls again."),
    "river": ("Running water", "Running water, a stream over round stones."),
    "footsteps": ("Footsteps", "The footsteps of one person who knows the way."),
    "crickets": ("Crickets at night", "Crickets on a warm night, four of them near and one far away."),
    "cat": ("A cat mews and purrs", "A cat that mews twice, is let in, and purrs."),
    "dog": ("A dog barks", "A dog that barks at nothing, and at nothing again."),
    "horse": ("Hooves of a horse", "The hooves of a horse on stone, first at a walk, then faster."),
    "bird": ("A bird sings", "A bird that sings two phrases by turns."),
    "owl": ("An owl calls at night", "An owl that calls twice in the night."),
    "whale": ("Song of a whale", "The song of a whale, recorded from a rowing boat with a very long funnel."),
    "train": ("A train leaves", "A train that leaves with a whistle and gathers speed."),
    "ship": ("The horn of a ship", "The horn of a ship, two long calls over the water."),
}
