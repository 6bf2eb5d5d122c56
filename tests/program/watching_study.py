"""A small study in which every kind of thing is seen, for tests of watching."""

STUDY = """\
standoff: 1
title: Small
question: What is seen?
decider: north
clock: {start: 2025-01, step: quarter, steps: 6}
actors: {north: {name: North}, south: {name: South}}
uncertainties:
  heat: {range: [0.1, 0.9], judgement: unknown}
  size: {range: [1, 5], judgement: unknown}
choices:
  north: [build, freeze]
  south: [calm, loud]
modes:
  race:
    states: [racing, paused, over]
    start: racing
    final: [over]
    moves:
      - {name: pause, from: racing, to: paused, chance: "0.3 if north == freeze else 0.1"}
      - {name: lapse, from: paused, to: racing, hazard: 0.3}
      - {name: stop, from: paused, to: over, hazard: 0.2}
stocks:
  arms: {start: 10, next: "arms * (1 + 0.1 * heat) + clashes"}
quantities:
  arms_seen: {report: {of: arms, noise: 0.2}}
events:
  clashes: {count: "size * (1.5 if south == loud else 1)", dispersion: "1 + size"}
  raids: {count: "heat"}
  scare: {chance: heat}
strategies:
  north: {race_on: {choose: build}, hold: {choose: freeze}}
  south: {quiet: {choose: calm}, noisy: {choose: loud}}
payoffs: {north: {each: "-arms / 10 - clashes"}, south: {each: "-arms / 10"}}
outcomes:
  arms_end: {measure: "final(arms)", better: lower}
observed:
  clashes: {source: a newspaper}
  raids: {source: a newspaper}
  scare: {source: a newspaper}
  pause: {source: a newspaper}
  race: {source: a newspaper}
  arms_seen: {source: a yearbook}
  arms: {source: a satellite, noise: 2}
"""

ENDING = STUDY.replace(
    "  scare: {chance: heat}\n", "  scare: {chance: heat}\n  war: {given: scare, chance: 0.05, ends: true}\n"
)
