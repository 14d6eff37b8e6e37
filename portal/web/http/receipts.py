"""A person's own receipts, to take along: JSON in the shape of ISO/IEC TS 27560."""

import json
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from portal.actor import Actor
from portal.marketing.receipt_documents import receipt_document
from portal.marketing.receipts import all_receipts_of, receipt_of
from portal.web.http.visit import Visit
from portal.web.identifiers import identifier
from portal.web.services import look


async def download_receipt(visit: Visit) -> Response:
    """One of the visitor's own; another's is not found."""
    receipt = visit.request.path_params["id"]
    return _file(await look(_one, visit.person, receipt), f"choice-{receipt[:8]}.json")


async def download_receipts(visit: Visit) -> Response:
    """All of the visitor's own, the newest first."""
    return _file(await look(_all, visit.person), "choices.json")


def _one(db: Session, actor: Actor, receipt: str) -> dict[str, Any]:
    return receipt_document(db, receipt_of(db, actor, identifier(receipt)))


def _all(db: Session, actor: Actor) -> list[dict[str, Any]]:
    return [receipt_document(db, each) for each in all_receipts_of(db, actor)]


def _file(content: Any, name: str) -> Response:
    return Response(
        json.dumps(content, indent=2, ensure_ascii=False) + "\n",
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
