"""Chinese texts about scenes: notes, poems, letters, and walks of several passages."""

from __future__ import annotations

from datetime import date

import numpy as np

from pinakes.sources.sample.prose.chinese import being, caption, counted, hour, named, presence, title, where
from pinakes.sources.sample.prose.nouns_zh import NOUNS
from pinakes.sources.sample.prose.text import Deck, Text
from pinakes.sources.sample.prose.words_zh import PLACES, TIMES, WEATHERS
from pinakes.sources.sample.scene import Scene, Thing

ASIDES = (
    "这幅画已经入册，放在靠窗的架子上。",
    "新书架装好了，只在没人看的地方有点歪。",
    "昨天有位读者想借一本高兴的书，我把地图册给了他。",
    "第四卷又不见了，我怀疑是那位博物学家。",
    "我开始按安静的程度给画排次序。",
    "检查的人来过，点了一遍，发现多出一样东西。",
)
GREETINGS = (
    "包裹收到了，绳结只有你会打，我只好剪断了它。",
    "你问我有什么新闻，新闻没有，窗外倒是看了不少。",
    "答应明天写信，已经过了三个星期。",
    "馆里正在清点，我总算有工夫给你回信。",
)
FAREWELLS = (
    "趁颜料还没有干，你来看看吧。",
    "早点回信，最好是人来，我们有第二把勺子了。",
    "灯快灭了，就写到这里。",
    "邮差不等人，只好先停笔。",
)
LINES = (
    "我把它写下来，\n它就又在那里了一回。",
    "没有人问它在等谁，\n它也没有说。",
    "明天它还在，\n或者不在，\n今天我看见了。",
    "灯熄了以后，\n颜色还亮了一会儿。",
    "我走了很远，\n回头看时，\n它比刚才近了一些。",
)
BESIDE = (
    "不远处，\n{it}，\n它们什么也不说。",
    "再过去一点，\n{it}，\n像是在听。",
)
LOOKS = (
    "我看了很久，\n它也看着我。",
    "好像有谁刚刚说完一句话，\n还没有人接。",
    "风翻过一页，\n又翻回来。",
)
STEPS = (
    "散步总是从中间开始的。",
    "路往前走，我们也往前走。",
    "又走了一程，谁也没有再指望什么，我们却又停下了。",
    "我们挑了那条不太有把握的小路。",
    "吃过面包和奶酪，世界挪过去了一点。",
    "最后一段路应该慢慢走，我们就慢慢走。",
)
TALK = (
    "我问一个孩子：这是你的吗？他说：今天是。",
    "馆长问：这是做什么用的？谁也不知道，于是记在有用一类。",
    "博物学家说：这我能看上一整天。馆长说：你已经看了一整天。",
    "一位老人告诉我们，从前有两个，这一个是会听人说话的。",
    "提篮子的女人停下来说：它从前不是这个颜色，后来改了主意。",
)


def _sky(scene: Scene, deck: Deck) -> str:
    words = deck.draw(TIMES[scene.time][1])
    if scene.weather != "clear":
        words += deck.draw(WEATHERS[scene.weather][2])
    return words


def _beside(thing: Thing, deck: Deck) -> str:
    noun = NOUNS[thing.name]
    return f"再看那{noun.measure}{named(thing)}。{deck.draw(noun.facts)}"


def day_of(day: date) -> str:
    """A date as it is written: 一九一二年五月三日."""
    digits = "〇一二三四五六七八九"
    year = "".join(digits[int(d)] for d in str(day.year))

    def count(n: int) -> str:
        tens, ones = divmod(n, 10)
        return ("" if tens == 0 else "十" if tens == 1 else digits[tens] + "十") + (digits[ones] if ones else "")

    return f"{year}年{count(day.month)}月{count(day.day)}日"


def note(scene: Scene, deck: Deck, who: str) -> Text:
    """A note on a picture."""
    first = scene.things[0]
    parts = [
        caption(scene) + deck.draw(NOUNS[first.name].facts),
        deck.draw(PLACES[scene.place].sights) + _sky(scene, deck),
    ]
    parts += [_beside(thing, deck) for thing in scene.things[1:]]
    parts.append(deck.draw(ASIDES))
    return Text(title(scene, deck.rng), who, tuple(parts), "zh")


def poem(scene: Scene, deck: Deck, who: str) -> Text:
    """A poem in free lines."""
    first = scene.things[0]
    stanzas = [f"{hour(scene)}，\n{where(first, scene.place)}，\n{being(first, scene.place)}{counted(first)}。"]
    for thing in scene.things[1:]:
        there = f"{being(thing, scene.place)}{counted(thing)}"
        stanzas += [deck.draw(BESIDE).format(it=there)]
    stanzas += [
        deck.draw(LOOKS),
        _sky(scene, deck).replace("，", "，\n").replace("。", "。\n").strip(),
        deck.draw(LINES),
    ]
    return Text(title(scene, deck.rng), who, tuple(stanzas), "zh")


def letter(scene: Scene, day: date, to: str, deck: Deck, who: str) -> Text:
    """A letter about what was seen."""
    first = scene.things[0]
    seen = f"昨天{TIMES[scene.time][0]}，{presence(first, scene.place)}。"
    seen += deck.draw(NOUNS[first.name].facts) + deck.draw(PLACES[scene.place].sights)
    parts = [f"{to}：", deck.draw(GREETINGS) + deck.draw(ASIDES), seen]
    for thing in scene.things[1:]:
        parts += [f"{presence(thing, scene.place)}。{deck.draw(NOUNS[thing.name].facts)}"]
    parts += [_sky(scene, deck) + deck.draw(NOUNS[first.name].facts), deck.draw(FAREWELLS), f"{who}\n{day_of(day)}"]
    return Text(f"给{to}的信：{named(first)}", "", tuple(parts), "zh", day)


def passages(scene: Scene, deck: Deck, step: int) -> list[str]:
    """Paragraphs of a walk: arriving, looking, talking."""
    first = scene.things[0]
    arriving = STEPS[step % len(STEPS)] + caption(scene) + deck.draw(PLACES[scene.place].sights)
    looking = deck.draw(NOUNS[first.name].facts) + deck.draw(NOUNS[first.name].facts) + _sky(scene, deck)
    return [arriving, looking, *(_beside(thing, deck) for thing in scene.things[1:]), deck.draw(TALK)]


def walk(scenes: tuple[Scene, ...], rng: np.random.Generator, who: str, name: str) -> Text:
    """A longer text that goes from scene to scene."""
    deck = Deck(rng)
    parts = [paragraph for step, scene in enumerate(scenes) for paragraph in passages(scene, deck, step)]
    return Text(name, who, (*parts, deck.draw(FAREWELLS)), "zh")
