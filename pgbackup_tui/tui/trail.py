"""The way that led to where the person is: what the headline shows, and Esc goes back along."""

from __future__ import annotations

from dataclasses import dataclass, field

from pgbackup_tui.tui.actions import Place

_PASSING = (Place.CONFIRM, Place.KEEP, Place.HELP)
"""Places that nobody stays in: whoever goes on from them does not come back to them."""


@dataclass(slots=True)
class Trail:
    """The places from the first on, each once."""

    places: list[Place] = field(default_factory=lambda: [Place.BROWSE])

    def go(self, place: Place) -> None:
        """To a place; one that is on the way is gone back to."""
        if place in (Place.BROWSE, Place.LOCK):
            self.places = [place]
        elif place in self.places:
            del self.places[self.places.index(place) + 1 :]
        else:
            while self.places[-1] in _PASSING:
                self.places.pop()
            self.places.append(place)

    def begin(self) -> None:
        """What led here is done with: the way begins anew at the tree."""
        self.places = [Place.BROWSE]

    @property
    def before(self) -> Place:
        """Where one step back leads."""
        return self.places[-2] if len(self.places) > 1 else self.places[0]
