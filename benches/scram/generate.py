#!/usr/bin/env python3
"""Writes a random fault tree in the Open-PSA format: the same tree for the same arguments.

    generate.py SEED EVENTS GATES KIND > tree.xml

KIND is coherent, modular (subtrees that share no event), voting (k-of-n gates), or noncoherent (negations and xor).
"""

import random
import sys


def main():
    seed, events, gates, kind = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    dice = random.Random(f"{seed} {events} {gates} {kind}")
    lines = ['<?xml version="1.0"?>', "<opsa-mef>", '<define-fault-tree name="random">']
    names = [f"g{at}" for at in range(gates)]
    basic = [f"e{at}" for at in range(events)]
    parents = {}
    # Each gate stands in an earlier one, so that the first is the only top gate.
    for at in range(1, gates):
        parents.setdefault(dice.randrange(max(0, at - 12), at), []).append(at)
    used = set()
    for at, name in enumerate(names):
        members = [f'<gate name="{names[child]}"/>' for child in parents.get(at, [])]
        if kind == "modular":
            width = max(2, events // 8)
            start = (at * 8 // gates) * width % events
            pool = basic[start : start + width] or basic
        else:
            pool = basic
        wanted = dice.randint(1, 3) + (1 if len(members) < 2 else 0)
        for event in dice.sample(pool, min(wanted, len(pool))):
            used.add(event)
            members.append(f'<basic-event name="{event}"/>')
        if kind != "modular" and at + 14 < gates and dice.random() < 0.15:
            members.append(f'<gate name="{names[dice.randrange(at + 1, min(at + 14, gates))]}"/>')
        members = list(dict.fromkeys(members))
        dice.shuffle(members)
        if kind == "noncoherent":
            members = [f"<not>{one}</not>" if dice.random() < 0.15 else one for one in members]
        choice = dice.random()
        if kind == "voting" and len(members) >= 3 and choice < 0.4:
            formula = ("<atleast min=\"%d\">" % dice.randint(2, len(members) - 1), "</atleast>")
        elif kind == "noncoherent" and len(members) == 2 and choice < 0.3:
            formula = ("<xor>", "</xor>")
        elif len(members) < 2:
            formula = ("", "")
        elif choice < 0.55:
            formula = ("<or>", "</or>")
        else:
            formula = ("<and>", "</and>")
        lines.append(f'<define-gate name="{name}">{formula[0]}{"".join(members)}{formula[1]}</define-gate>')
    lines.append("</define-fault-tree>")
    lines.append("<model-data>")
    for event in basic:
        if event in used:
            lines.append(f'<define-basic-event name="{event}"><float value="{10 ** dice.uniform(-4, -1):.6g}"/></define-basic-event>')
    lines += ["</model-data>", "</opsa-mef>"]
    print("\n".join(lines))


main()
