import { CannotTell } from '../../../base/errors.ts';
import { isNonEmpty } from '../../../base/nonempty.ts';
import { Sha256Text, toIterationId, type EntryId, type Iteration } from '../../../domain/names.ts';
import { reason, type Reason } from '../../../domain/reason.ts';
import type { Sample } from '../../../domain/sample.ts';
import type { GateName } from '../../../domain/states.ts';
import { edgeOnward } from '../../../machine/edges.ts';
import type { GateRule } from '../../../machine/gate-rule.ts';
import { sampleSeed } from '../../../machine/sample-check.ts';
import { standingOf } from '../../../machine/standing.ts';
import { completeRuns } from '../../../machine/verdict.ts';
import { bundleOf, type Bundle } from '../../../machine/world.ts';
import type { CommonOptions, Outcome } from '../command.ts';
import { gatesMeant } from './gate-choice.ts';
import { gateEntry, gateTransition, type GateAct, type GateWords } from './gate-entry.ts';
import { endedPeopleAt, namingOnlyAble } from '../views/ended-people.ts';
import { gateOutcome } from './gate-outcome.ts';
import { reviewAtTerminal } from './gate-review.ts';
import { signWhereItStands } from './moved-meanwhile.ts';
import { askChoice, needPerson } from '../terminal/prompts.ts';
import { dropSaid, keepSaid, recallSaid, type About, type Said } from '../review/said.ts';
import { seatName } from '../views/seat-names.ts';
import { signPatiently } from './sign-patiently.ts';
import { wrap } from '../terminal/style.ts';
import { land, Plan, type Desk } from '../opening/write.ts';

type Refused = Extract<Outcome, { kind: 'refused' }>;

export interface GateOrder {
  readonly act: GateAct;
  readonly iteration: Iteration;
  /** Empty: those of the edge onward in whose roles the signer acts. */
  readonly gates: readonly GateName[];
  /** Ids of entries this settles, or the beginnings of ids. */
  readonly answers: readonly string[];
  /** Everything was read just now, in a review. */
  readonly isRead?: boolean;
}

/** Stands in for the reason until the person has given one, so that refusals come before questions. */
const UNASKED = 'not asked yet';

/** Stands in for what an expert judges in the same way: the least the policy asks for. */
function unaskedSample({ who }: Desk, bundle: Bundle, rules: readonly GateRule[]): Sample | null {
  const rule = rules.find(({ sample }) => sample !== null)?.sample;
  const run = completeRuns(bundle)[0]?.run;
  const method = rule?.methods[0];
  if (rule == null || run === undefined || method === undefined) return null;
  const zeros = Sha256Text.parse('0'.repeat(64));
  const items = Array.from({ length: rule.judged }, (_none, index) => ({
    ...{ run, task: UNASKED, item: String(index).padStart(5, '0'), sha256: zeros },
    verdict: 'met' as const,
  }));
  const due = sampleSeed(bundle, who.principal.id);
  const seed = method === 'random' && due !== null ? { seed: due } : {};
  return { method, ...seed, ...(method !== 'listed' && { population: items.length }), items };
}

/** One person's decision on one edge of one iteration, in every role he acts in there, with the transition it completes. */
export async function decideAtGates(desk: Desk, common: CommonOptions, order: GateOrder): Promise<Outcome> {
  const outcome = await decided(desk, common, order);
  if (outcome.kind !== 'refused') return outcome;
  const { world } = desk.workspace;
  const ended = await endedPeopleAt(desk.context.verifier, world, desk.actor.clock);
  const [first, ...others] = outcome.reasons;
  const able = <R extends Reason>(why: R): R => namingOnlyAble(why, ended);
  return { ...outcome, reasons: [able(first), ...others.map(able)] };
}

async function decided(desk: Desk, common: CommonOptions, order: GateOrder): Promise<Outcome> {
  const { world } = desk.workspace;
  const { act, iteration } = order;
  const id = toIterationId(iteration);
  const bundle = bundleOf(world.tree, iteration);
  const headline = headlineOf(order, bundle);
  const refused = (reasons: readonly Reason[]): Refused => {
    if (!isNonEmpty(reasons)) throw new Error('refused without a reason');
    return { kind: 'refused', headline, reasons };
  };
  if (bundle === null) return refused([reason('ITERATION_UNKNOWN', { iteration: id })]);
  const meant = gatesMeant(desk, common, bundle, act, order.gates);
  const standing = standingOf(world, bundle, desk.actor.clock);
  if (meant.length === 0) return refused([otherState(bundle), ...standing.blocked]);

  const answers = answersOf(bundle, order.answers);
  if ('unknown' in answers) return refused(answers.unknown);
  const words = { act, answers: answers.ids, reason: UNASKED, sample: null };
  const attempt = (rules: readonly GateRule[]) =>
    planned(desk, common, bundle, rules, { ...words, sample: unaskedSample(desk, bundle, rules) }, headline);
  const single = meant.map((rule) => ({ rule, result: attempt([rule]) }));
  const open = single.flatMap(({ rule, result }) => ('plan' in result ? [rule] : []));
  const closed = single.flatMap(({ result }) => ('plan' in result ? [] : result.reasons));
  if (open.length === 0 || (order.gates.length > 0 && closed.length > 0))
    return refused(act === 'approve' ? distinct([...closed, ...standing.blocked]) : closed);
  const rules = await settle(desk, common, act, open, 'plan' in attempt(open));

  if (common.dryRun) {
    const unasked = { ...words, sample: unaskedSample(desk, bundle, rules) };
    return await finished(desk, common, bundle, rules, unasked, headline);
  }
  needPerson(desk.context, act);
  return await keepingWhatIsSaid(desk, { iteration: id, act }, async (said) => {
    const reviewed = await reviewAtTerminal(desk, common, bundle, rules, {
      ...{ act, closed, answers: answers.ids, said },
      isRead: order.isRead === true,
    });
    // What an expert objects to is objected to at his gate alone.
    const meantNow = reviewed.act === act ? rules : rules.filter(({ gate }) => gate === 'domain-validation');
    const stand = { desk, bundle, rules: meantNow };
    return await signWhereItStands(common, stand, reviewed, (at) =>
      signPatiently(desk.context, () =>
        finished(later(at.desk), common, at.bundle, at.rules, { ...words, ...reviewed }, headline),
      ),
    );
  });
}

/** Nothing a person said in a review is lost, whatever ends it without a signature. */
async function keepingWhatIsSaid(
  desk: Desk,
  about: About,
  decide: (said: Said) => Promise<Outcome>,
): Promise<Outcome> {
  const said = await recallSaid(desk, about);
  try {
    const outcome = await decide(said);
    if (outcome.kind === 'yes') await dropSaid(desk, about);
    else tellKept(desk, await keepSaid(desk, about, said));
    return outcome;
  } catch (error) {
    tellKept(desk, await keepSaid(desk, about, said));
    throw error;
  }
}

function tellKept({ context: { terminal } }: Desk, sentence: string | null): void {
  if (sentence !== null) terminal.say(wrap(sentence, terminal.columns).join('\n'));
}

/** Signs and lands; the dry run goes the same way and stops before the signature. */
async function finished(
  desk: Desk,
  common: CommonOptions,
  bundle: Bundle,
  rules: readonly GateRule[],
  words: GateWords,
  headline: string,
): Promise<Outcome> {
  const result = planned(desk, common, bundle, rules, words, headline);
  if (!('plan' in result)) return result;
  const { plan } = result;
  const id = toIterationId(bundle.iteration);
  const edge = edgeOnward(bundle.record.state);
  const after = bundleOf(plan.world.tree, bundle.iteration) ?? bundle;
  const complete =
    words.act === 'approve' &&
    edge?.opens === 'gates' &&
    standingOf(plan.world, after, desk.actor.clock).blocked.length === 0;
  if (complete) {
    const step = gateTransition(desk, common, plan.world, after, edge);
    const no = plan.add(headline, { kind: 'transition', iteration: bundle.iteration, step });
    if (no !== null) return no;
  }
  const gates = rules.map(seatName).join(', ');
  const report = await land(
    desk,
    common,
    plan,
    `${VERB[words.act]} ${id} at ${gates}${complete ? `, which moves it to ${edge.to}` : ''}`,
  );
  return gateOutcome(desk, plan, report, { bundle, rules, act: words.act, edge: complete ? edge : null });
}

const VERB = { approve: 'Approve', reject: 'Reject', 'request-changes': 'Request changes of' } as const;

/** The entries of one signature, each asked about; all of them state what was there before any of them. */
function planned(
  desk: Desk,
  common: CommonOptions,
  bundle: Bundle,
  rules: readonly GateRule[],
  words: GateWords,
  headline: string,
): { readonly plan: Plan } | Refused {
  const plan = new Plan(desk);
  const entries = rules.map((rule) => gateEntry(desk, common, bundle, rule, words));
  const { iteration } = bundle;
  for (const approval of entries) {
    const no = plan.add(headline, { kind: 'decide', iteration, approval });
    if (no !== null) return no;
  }
  return { plan };
}

/** All gates at once where that may be; else the one the person names. One objection is enough. */
async function settle(
  { context }: Desk,
  common: CommonOptions,
  act: GateAct,
  open: readonly GateRule[],
  jointly: boolean,
): Promise<readonly GateRule[]> {
  if (open.length === 1 || (act === 'approve' && jointly)) return open;
  const names = open.map((rule) => rule.gate);
  if (common.dryRun || !context.terminal.interactive)
    throw new CannotTell(
      'USAGE',
      `you can ${act} at several gates, but not at all of them with one signature`,
      {
        remedy: `add ${names.map((name) => `--gate ${name}`).join(', or ')}`,
      },
    );
  const chosen = await askChoice(context, `at which gate do you ${act}?`, names);
  return open.filter((rule) => rule.gate === chosen);
}

/** The desk at the present time: reading takes a person longer than entry and signature may lie apart. */
export function later(desk: Desk): Desk {
  const now = Math.max(desk.now, desk.context.now());
  const clock = Math.max(now, desk.workspace.valid.clock);
  return { ...desk, now, actor: { ...desk.actor, signed: now, clock } };
}

function headlineOf({ act, iteration }: GateOrder, bundle: Bundle | null): string {
  const id = toIterationId(iteration);
  const edge = bundle === null ? null : edgeOnward(bundle.record.state);
  return act === 'approve' && edge !== null && bundle !== null
    ? `${id} cannot move ${edge.from} → ${edge.to}`
    : `you cannot ${act} ${id}`;
}

function otherState({ iteration, record }: Bundle): Reason {
  const needed = 'artifact-exported or customer-deployed';
  return reason('STATE_OTHER', { iteration: toIterationId(iteration), state: record.state, needed });
}

function answersOf(
  { approvals }: Bundle,
  given: readonly string[],
): { readonly ids: readonly EntryId[] } | { readonly unknown: readonly Reason[] } {
  const found = given.map((start) => ({ start, ids: approvals.filter(({ id }) => id.startsWith(start)) }));
  const unknown = found
    .filter(({ ids }) => ids.length !== 1)
    .map(({ start }) => reason('ANSWER_UNKNOWN', { entry: start }));
  return unknown.length > 0 ? { unknown } : { ids: found.flatMap(({ ids }) => ids.map(({ id }) => id)) };
}

function distinct(reasons: readonly Reason[]): readonly Reason[] {
  return [...new Map(reasons.map((why) => [JSON.stringify(why), why])).values()];
}
