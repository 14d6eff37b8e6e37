"""The gallery's threads: call lists, steps, history, devices."""

import reflex as rx

from portal.web.components.badges import badge
from portal.web.components.buttons import button
from portal.web.components.devices import device_list, device_row
from portal.web.components.disclosures import disclosure
from portal.web.components.empty import empty_state
from portal.web.components.history import history_entry, history_list
from portal.web.components.layout import paragraph, stack
from portal.web.components.skeletons import thread_skeleton
from portal.web.components.thread import (
    knot,
    miniature,
    miniature_knot,
    move_buttons,
    step,
    steps,
    thread,
    thread_end,
    thread_gap,
)

Samples = tuple[tuple[str, tuple[rx.Component, ...]], ...]


def samples(*, long_name: str) -> Samples:
    """Title and components of each group."""
    return (
        ("Thread", (_thread(long_name),)),
        ("Thread of forty", (_forty(),)),
        ("Thread in Finnish", (_finnish(),)),
        ("Thread with nobody", (_nobody(), thread_skeleton(knots=2))),
        ("Thread in miniature", (_miniatures(),)),
        ("Steps", (_steps(),)),
        ("History", (_history(long_name),)),
        ("Devices", (_devices(),)),
    )


def _moves(name: str, *, first: bool = False, last: bool = False) -> rx.Component:
    return move_buttons(name=name, first=first, last=last, on_up=rx.noop(), on_down=rx.noop())


def _actions(name: str) -> rx.Component:
    return rx.fragment(
        button("Edit", kind="quiet", icon="edit", detail=name, on_click=rx.noop()),
        button("Remove", kind="quiet", icon="remove", detail=name, on_click=rx.noop()),
    )


def _thread(long_name: str) -> rx.Component:
    return thread(
        knot(
            number="1",
            title="Ola Berg",
            lit=True,
            badge=badge("Accepted", tone="fine"),
            description="May decide during an alarm. Holds a key.",
            phone="+47 901 23 456",
            moves=_moves("Ola Berg", first=True),
            actions=_actions("Ola Berg"),
        ),
        knot(
            number="2",
            title=long_name,
            lit=True,
            badge=badge("Invited", tone="waiting"),
            description="May only cancel a false alarm. Speaks Norwegian. From 1 December 2026 "
            "until 31 January 2027.",
            phone="+47 405 55 012",
            moves=_moves(long_name),
            warning="If you move this person to first place, nobody with a key is called first.",
            actions=_actions(long_name),
        ),
        knot(
            number="3",
            title="Aino Mäkelä",
            lit=False,
            badge=badge("Paused", tone="needs-you"),
            description="Away until 14 August. Will be called again from then.",
            phone="+358 40 123 4567",
            moves=_moves("Aino Mäkelä"),
            details=disclosure(
                paragraph("Invited 3 March. Mail delivered. Accepted 4 March."),
                summary="What has happened",
            ),
        ),
        knot(
            number="4",
            title="Per Holm",
            lit=False,
            badge=badge("Declined", tone="loss"),
            description="Said no on 2 November.",
            moves=_moves("Per Holm", last=True),
            actions=button("Remove", kind="quiet", icon="remove", detail="Per Holm"),
        ),
        thread_gap(
            "One more person is needed who can be reached.",
            action=button("Add alarm contact", icon="plus"),
        ),
        thread_end("If nobody answers, the monitoring station sends a guard."),
        label="Call list of Storgata 4",
    )


def _forty() -> rx.Component:
    return disclosure(
        thread(
            *[
                knot(
                    number=str(place),
                    title=f"Contact number {place}",
                    lit=place % 7 != 0,
                    badge=badge("No email", tone="plain")
                    if place % 7
                    else badge("No answer", tone="needs-you"),
                    phone=f"+47 900 00 0{place:02}",
                    moves=_moves(f"Contact number {place}", first=place == 1, last=place == 40),
                )
                for place in range(1, 41)
            ],
            label="Call list of forty",
        ),
        summary="Forty contacts",
    )


def _finnish() -> rx.Component:
    return rx.el.div(
        thread(
            knot(
                number="1",
                title="Kaija-Liisa Lämsänperä-Hämäläinen",
                lit=True,
                badge=badge("Hyväksynyt hälytysyhteyshenkilön tehtävän", tone="fine"),
                description="Saa päättää toimenpiteistä hälytyksen aikana. Hallussaan avain.",
                phone="+358 40 765 4321",
                moves=_moves("Kaija-Liisa Lämsänperä-Hämäläinen", first=True, last=True),
                actions=button("Lähetä hälytysyhteyshenkilökutsu uudelleen", kind="quiet"),
            ),
            thread_end("Jos kukaan ei vastaa, hälytyskeskus lähettää vartijan paikalle."),
            label="Hälytysyhteyshenkilöiden soittojärjestys",
        ),
        lang="fi",
    )


def _nobody() -> rx.Component:
    return empty_state(
        title="Nobody would be called yet",
        description="Add the first person who can answer when the alarm at Storgata 4 sounds.",
        action=button("Add alarm contact", icon="plus"),
    )


def _miniatures() -> rx.Component:
    def strip(lights: str, words: str) -> rx.Component:
        return miniature(*[miniature_knot(lit=each == "x") for each in lights], words=words)

    return stack(
        strip("xxx", "Storgata 4: all three can be reached"),
        strip("xoxo", "Havnegata 12: two of four can be reached"),
        strip("o", "Lager Øst: nobody can be reached"),
        strip("xxxxxxoxxxxxxoxxxxxxoxxxxxxoxxxxxxoxxxxx", "Torget 1: 35 of 40 can be reached"),
        gap="small",
    )


def _steps() -> rx.Component:
    return steps(
        step(title="You were named", state="done", description="By Kari Nordli, on 3 March."),
        step(title="Say yes or no", state="current", description="It takes two minutes."),
        step(title="Learn what to do", state="ahead"),
        label="Your invitation",
    )


def _history(long_name: str) -> rx.Component:
    return history_list(
        history_entry(
            what="Phone",
            before="+47 22 33 44 55",
            after="+47 22 33 44 66",
            who="Kari Nordli",
            when="today at 06:12",
            iso="2026-11-22T06:12:00+01:00",
        ),
        history_entry(
            what="Invoice email",
            before="post@nordlys.example",
            after="a.very.long.address.that.does.not.end@accounting.nordlys-bakeri.example",
            who=long_name,
            when="14 October 2026",
            iso="2026-10-14T10:00:00+02:00",
            note="The monitoring station has it.",
        ),
        history_entry(
            what="Customer was set up",
            who="SensorNordic",
            when="1 March 2021",
            iso="2021-03-01T09:00:00+01:00",
        ),
        label="Changes",
    )


def _devices() -> rx.Component:
    return device_list(
        device_row(name="Chrome on Windows", seen="Oslo, now", current=True),
        device_row(
            name="Safari on iPhone",
            seen="Last used yesterday at 22:40",
            mobile=True,
            action=button("Sign out", kind="quiet", detail="Safari on iPhone", on_click=rx.noop()),
        ),
        label="Devices",
    )
