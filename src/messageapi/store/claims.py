"""Taking due rows for a while: one statement on both databases; two workers never take the same row."""

from typing import Any

from sqlalchemy import Select, Table, Update, update


def claim(table: Table, due: Select[Any], **values: Any) -> Update:
    """`due` selects the primary key of the rows to take, with its order and limit; the taken rows come back, unordered.

    Rows that another worker holds are skipped (SQLite drops the clause: it has one writer). The CTE keeps PostgreSQL
    from running `due` twice and taking more than its limit.
    """
    (key,) = table.primary_key.columns
    taken = due.with_for_update(skip_locked=True, of=table).cte("due")
    return update(table).where(key.in_(taken.select())).values(**values).returning(table)
