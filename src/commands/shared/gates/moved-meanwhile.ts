import { CannotTell } from '../../../base/errors.ts';
import { toIterationId, toTime } from '../../../domain/names.ts';
import type { Sample } from '../../../domain/sample.ts';
import { seatOf, type GateRule } from '../../../machine/gate-rule.ts';
import { statementOf } from '../../../machine/statement.ts';
import { bundleOf, type Bundle } from '../../../machine/world.ts';
import type { CommonOptions } from '../command.ts';
import type { GateAct } from './gate-entry.ts';
import { demandYes } from '../terminal/prompts.ts';
import { acknowledge } from '../review/acknowledge.ts';
import { groundOfReview } from '../review/ground.ts';
import { changesSince } from '../review/since-approval.ts';
import { showPages } from '../views/pager.ts';
import { openDesk, type Desk } from '../opening/write.ts';

/** What a decision is made on: a branch as it stood, and what was looked at there. */
export interface Stand {
  readonly desk: Desk;
  readonly bundle: Bundle;
  readonly rules: readonly GateRule[];
}

/** What the person wants signed. */
export interface Wish {
  readonly act: GateAct;
  readonly sample: Sample | null;
}

/** How often the branch may move under a person. */
const TRIES = 5;

/**
 * Signs on the branch as it stands, which may have moved while the person read: by a sync or a decision in another window. Where what
 * the decision states is as it was, nothing is asked again; where it is not, what changed is shown, and the person says whether
 * all that was said stands. @throws CannotTell NOT_PERMITTED where it does not, RACE_LOST.
 */
export async function signWhereItStands<T>(
  common: CommonOptions,
  stand: Stand,
  wish: Wish,
  sign: (stand: Stand) => Promise<T>,
): Promise<T> {
  let at = stand;
  for (let left = TRIES; ; left -= 1) {
    try {
      if (await hasMoved(at.desk)) at = await againOn(common, at, wish);
      return await sign(at);
    } catch (error) {
      // Moved between this look and the end of the signature.
      if (!(error instanceof CannotTell) || error.code !== 'RACE_LOST' || left === 1) throw error;
      if (!(await hasMoved(at.desk))) throw error;
    }
  }
}

async function hasMoved({ workspace: { repository, ref, verification } }: Desk): Promise<boolean> {
  return ref === null || (await repository.resolve(ref)) !== verification.tip;
}

async function againOn(common: CommonOptions, before: Stand, { act, sample }: Wish): Promise<Stand> {
  const { context } = before.desk;
  const { terminal } = context;
  const id = toIterationId(before.bundle.iteration);
  const desk = await openDesk(context, common, { known: [before.desk.workspace.verification] });
  if (desk.workspace.ref !== before.desk.workspace.ref)
    throw new CannotTell('RACE_LOST', 'another branch was checked out while you read');
  if (desk.who.principal.id !== before.desk.who.principal.id)
    throw new CannotTell('RACE_LOST', `the key at hand is ${desk.who.principal.id}’s since the branch moved`);
  const { world } = desk.workspace;
  const bundle = bundleOf(world.tree, before.bundle.iteration);
  if (bundle === null) throw new CannotTell('RACE_LOST', `${id} is not on the branch any more`);
  const rules = before.rules.map(({ gate, owner, roles: [first = 'operator'] }) =>
    seatOf(world.law, bundle, { gate, role: owner ?? first }),
  );
  const pairs = rules.map((rule, index) => ({
    rule,
    old: statementOf(before.desk.workspace.world.law, before.bundle, before.rules[index] ?? rule),
    now: statementOf(world.law, bundle, rule),
  }));
  const stand = { desk, bundle, rules };
  const ground = groundOfReview(desk, bundle, terminal.color && !common.plain);
  const time = toTime(before.desk.now);
  if (pairs.every(({ old, now }) => JSON.stringify(old) === JSON.stringify(now))) {
    terminal.say(
      `the branch moved while you read; nothing of ${id} changed, so what you said is signed there`,
    );
    // Words decide nothing and are read all the same.
    const [pair] = pairs;
    if (pair !== undefined)
      for (const line of changesSince(ground, pair.rule, pair.old, { time }).lines) terminal.say(line);
    return stand;
  }
  if (pairs.some(({ old, now }) => old.subject !== now.subject))
    throw new CannotTell('RACE_LOST', `while you read, ${id} itself became another: read it again`, {
      facts: ['the artifact, what is promoted, its lock, evaluations or export changed'],
      remedy: `modelsmith ${act} ${id}`,
    });
  terminal.say(ground.style.bold('While you read, this changed:'));
  for (const { rule, old } of pairs) {
    const { lines } = changesSince(ground, rule, old, { time });
    if (rules.length > 1) terminal.say(ground.style.bold(`at ${rule.gate}`));
    await showPages(terminal, lines);
  }
  if (act === 'approve') await acknowledge(ground, context, rules, sample, true);
  await demandYes(
    context,
    `does your decision to ${act} stand, with all that you said?`,
    'the decision does not stand',
  );
  return stand;
}
