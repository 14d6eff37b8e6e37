"""What several measurements stand on: the blank app, and portals with data, each made once."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from bench.blank_app import blank_app, build_blank_app
from bench.servers import Server, portal, portal_command

PASSWORD = "nordic-demo-2026"
KARI = "kari@nordlys.example"
STATE = "reflex___state____state.portal___web"
COMPANY_PATH = "/en/company"
COMPANY_EVENT = f"{STATE}___pages___company____company_state.load"


@dataclass
class Ground:
    """A temporary folder. `quick`: shorter and smaller, for trying the benchmarks themselves."""

    folder: Path
    quick: bool = False
    _filled: set[int] = field(default_factory=set)

    def seconds(self, usual: float) -> float:
        return usual / 4 if self.quick else usual

    @cached_property
    def _blank(self) -> Path:
        say("building the blank app")
        folder = self.folder / "blank"
        build_blank_app(folder)
        return folder

    def blank(self) -> AbstractContextManager[Server]:
        """The blank app, running."""
        return blank_app(self._blank)

    def portal(self, customers: int) -> AbstractContextManager[Server]:
        """A portal with the demo people and this many more customers, running."""
        folder = self.folder / f"{customers} customers"
        if customers not in self._filled:
            say(f"inventing {customers} customers")
            folder.mkdir()
            portal_command(folder, "demo", "--customers", str(customers))
            self._filled.add(customers)
        return portal(folder)


def owners(count: int, *, among: int) -> list[str]:
    """The sign-ins of `count` invented customers, spread evenly among `among` of them."""
    return [f"owner{1 + number * among // count}@invented.example" for number in range(count)]


def say(line: str) -> None:
    print(f"  {line}", flush=True)
