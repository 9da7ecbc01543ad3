"""What a lesson is to the frame: its entry in the menu, its scenes, the controls of its links.

Each folder of `pages` has one, as `LESSON` in its `__init__.py`, which imports nothing heavy. What
a control takes its options from is imported inside the function that lists the controls: it is
called when the lesson is first opened, so that a lesson nobody has opened costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from ui import state, text
from ui.state import Choice, Control, Switch

#: what lessons are for, in the order of the start page: the path that a reader is led along, what
#: goes on from there, and what is opened when it is needed
PARTS = ("lecture", "beyond", "tools")


@dataclass(frozen=True)
class Question:
    """What a reader commits to before a scene moves on; one option of `options` is `right`.

    Its words are the table `questions.<name>` of the lesson's labels: `ask`, and for every option
    its text and `<option>_why`.
    """

    name: str
    options: tuple[str, ...]
    right: str


@dataclass(frozen=True)
class Scene:
    """One idea on one screen: the module of that name in the lesson's folder (see `ui.scenes`).

    Its words are the table `scenes.<name>` of the lesson's labels: `title`, `short` for the way,
    `task`, and `say` for what it came to.

    `minutes` is what a reader takes; a `deep` scene is not on the path through the lesson. `wide`
    puts the words above the picture in place of beside it. `picture` is the scene whose picture it
    shows, where that is not its own. `sets` are the controls that begin otherwise here than by
    their defaults. `owns` names controls that are touched here alone: a link that sets one, and
    names no scene, opens this one. As a mapping it says to which values, and the link must set all
    of them; of several scenes that it means, the one with most. `asks` is what a scene asks one
    after the other, in place of a question: each that is guessed counts as progress.
    """

    name: str
    minutes: int = 1
    question: Question | None = None
    deep: bool = False
    wide: bool = False
    picture: str = ""
    sets: Mapping[str, Any] = field(default_factory=dict, hash=False)
    owns: tuple[str, ...] | Mapping[str, tuple[Any, ...]] = field(default=(), hash=False)
    asks: tuple[str, ...] = ()


class Lesson(str):
    """A lesson is its id: its address, the folder of its words, what its keys begin with.

    `icon` is a Material icon, `declare` a function that lists the controls, `scenes` what the
    lesson consists of, in order. `moved` names the controls that have gone to another lesson, and
    which: older links ask for them here.
    """

    icon: str
    declare: Callable[[], tuple[Control, ...]]
    scenes: tuple[Scene, ...]
    moved: Mapping[str, str]
    part: str

    def __new__(
        cls,
        name: str,
        icon: str,
        declare: Callable[[], tuple[Control, ...]] = tuple,
        scenes: tuple[Scene, ...] = (),
        moved: Mapping[str, str] = MappingProxyType({}),
        part: str = PARTS[0],
    ) -> Lesson:
        lesson = super().__new__(cls, name)
        lesson.icon, lesson.declare, lesson.scenes = icon, declare, scenes
        lesson.moved, lesson.part = moved, part
        return lesson

    @cached_property
    def controls(self) -> tuple[Control, ...]:
        """Every control that travels in the lesson's links, in the order of its page.

        Of a lesson in scenes first which one is open, and whether what it asks is revealed.
        """
        if not self.scenes:
            return self.declare()
        names = tuple(scene.name for scene in self.scenes)
        return (Choice("scene", names[0], names), Switch("seen", False), *self.declare())

    @property
    def path(self) -> tuple[Scene, ...]:
        """The scenes that a reader is led through."""
        return tuple(scene for scene in self.scenes if not scene.deep)

    @property
    def minutes(self) -> int:
        """What its path takes; 0 for a lesson without scenes."""
        return sum(scene.minutes for scene in self.path)

    @property
    def scene(self) -> Scene:
        """The one that is open."""
        return self.scene_of(self.value("scene"))

    def scene_of(self, name: str) -> Scene:
        """One of them. KeyError if there is none of that name."""
        for scene in self.scenes:
            if scene.name == name:
                return scene
        raise KeyError(name)

    def control(self, name: str) -> Any:
        """One of them. KeyError if there is none of that name."""
        for control in self.controls:
            if control.name == name:
                return control
        raise KeyError(name)

    def options(self, name: str) -> tuple[Any, ...]:
        """What a choice offers."""
        control = self.control(name)
        assert isinstance(control, Choice)
        return control.options

    def value(self, name: str) -> Any:
        """What a control is set to now."""
        return state.value(self, name)

    def default(self, name: str, scene: str = "") -> Any:
        """What a control begins with, in a scene or, without one, anywhere."""
        usual = self.control(name).default
        return self.scene_of(scene).sets.get(name, usual) if scene else usual

    def written_default(self, name: str) -> str:
        """The same as a link writes it."""
        control = self.control(name)
        return control.write(control.default)

    def meant(self, link: Mapping[str, Any]) -> dict[str, Any]:
        """What a link from before there were scenes says besides: which one it showed, revealed.

        `link` has the values it gave, by name of a control.
        """
        if not self.scenes or "scene" in link or not link:
            return {}
        best = max(self.scenes, key=lambda scene: self._speaks_of(scene, link))
        found = {"scene": best.name} if self._speaks_of(best, link) else {}
        return found | {"seen": True}

    def _speaks_of(self, scene: Scene, link: Mapping[str, Any]) -> int:
        """By how many of its controls a link asks for a scene; 0 if it does not."""
        if isinstance(scene.owns, Mapping):
            met = [
                name in link and self._sets(name, link[name], scene.owns[name])
                for name in scene.owns
            ]
            return len(met) if all(met) else 0
        return int(any(name in link and self._sets(name, link[name]) for name in scene.owns))

    def _sets(self, name: str, value: Any, values: tuple[Any, ...] = ()) -> bool:
        """Whether it is one of the values; without any, whether it is not the default."""
        return value in values if values else value != self.default(name)

    def put(self, **values: Any) -> None:
        """Set controls from code. Call before their widgets are drawn."""
        state.put(self, **values)

    def words(self, table: str, *names: str, **values: object) -> dict[str, str]:
        """Some labels of a table, filled."""
        return {name: text.t(f"{self}.{table}.{name}", **values) for name in names}
