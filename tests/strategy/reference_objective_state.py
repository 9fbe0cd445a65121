"""Reference for the status of objectives, written without the code under test: plain tables and loops.

A history is a list of rows (id, day, value, replaced id or None); days are whole numbers, values whole thousandths.
"""


def reference_state(lower_is_better, baseline, target, target_day, history, today):
    """Return (status, value that counts, progress as numerator and denominator or None)."""
    known = counted(history, today)
    if not known:
        return "not_measured", None, None
    # Turn "lower is better" around, so that one comparison is left.
    sign = -1 if lower_is_better else 1
    goal = sign * target
    value = newest(known)[2]
    before = [row for row in known if row[1] <= target_day]
    if sign * value >= goal:
        status = "reached"
    elif today <= target_day:
        status = "on_the_way"
    elif before and sign * newest(before)[2] >= goal:
        status = "reached"
    else:
        status = "not_reached"
    return status, value, share_of_way(sign, baseline, goal, value)


def counted(history, today):
    """Return the rows up to a day that no other row replaces."""
    replaced = [row[3] for row in history]
    return [row for row in history if row[1] <= today and row[0] not in replaced]


def newest(rows):
    """Return the row with the latest day; of several, the one that was added last."""
    best = rows[0]
    for row in rows[1:]:
        if row[1] > best[1] or (row[1] == best[1] and row[0] > best[0]):
            best = row
    return best


def share_of_way(sign, baseline, goal, value):
    """Return the progress from baseline to target as a fraction, if both are known and the target is better."""
    if baseline is None or goal - sign * baseline <= 0:
        return None
    return sign * value - sign * baseline, goal - sign * baseline
