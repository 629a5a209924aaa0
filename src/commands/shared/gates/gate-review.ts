import { toIterationId, type EntryId } from '../../../domain/names.ts';
import type { Reason } from '../../../domain/reason.ts';
import type { Sample } from '../../../domain/sample.ts';
import type { GateName } from '../../../domain/states.ts';
import type { GateRule } from '../../../machine/gate-rule.ts';
import { standingObjections } from '../../../machine/objections.ts';
import { checkSample, sampleSeed } from '../../../machine/sample-check.ts';
import { lockedRubric, type Bundle } from '../../../machine/world.ts';
import type { CommonOptions } from '../command.ts';
import { explain } from '../explaining/explain.ts';
import type { GateAct } from './gate-entry.ts';
import { gateHead, gateScreen } from './gate-screen.ts';
import { showPages } from '../views/pager.ts';
import { askReason, typeBack } from '../terminal/prompts.ts';
import { acknowledge } from '../review/acknowledge.ts';
import { groundOfReview, type ReviewGround } from '../review/ground.ts';
import { reviewSections } from '../review/sections.ts';
import type { Said } from '../review/said.ts';
import { staleApproval, type StaleApproval } from '../review/since-approval.ts';
import { takeSample } from '../review/take-sample.ts';
import { browse, transcriptsOf, type Transcripts } from '../review/transcripts.ts';
import { walkSections } from '../review/walk.ts';
import { seatNames } from '../views/seat-names.ts';
import { quoted, wrap } from '../terminal/style.ts';
import type { Desk } from '../opening/write.ts';

export interface Review {
  readonly act: GateAct;
  /** Why other gates are not signed along. */
  readonly closed: readonly Reason[];
  readonly isRead: boolean;
  /** What the person said beforehand that this settles. */
  readonly answers: readonly EntryId[];
  /** Gains what is said, as it is said. */
  readonly said: Said;
}

/** What a person said in a review. */
export interface Reviewed {
  /** Another one than was asked for where what was judged does not allow that. */
  readonly act: GateAct;
  readonly reason: string;
  /** Where the gates were looked at again, each for what changed there: what is said at each. */
  readonly reasons?: ReadonlyMap<GateName, string>;
  readonly sample: Sample | null;
  /** Objections that this settles. */
  readonly answers: readonly EntryId[];
}

/** Shows what is decided, has it judged and acknowledged, and has the code typed back. */
export async function reviewAtTerminal(
  desk: Desk,
  common: CommonOptions,
  bundle: Bundle,
  rules: readonly GateRule[],
  { act, closed, isRead, answers: given, said }: Review,
): Promise<Reviewed> {
  const { context } = desk;
  const { terminal } = context;
  const color = terminal.color && !common.plain;
  const ground = groundOfReview(desk, bundle, color);
  const { style, columns } = ground;
  const screen = { act, desk, bundle, rules, brief: act !== 'approve', style, columns: terminal.columns };
  terminal.say(act === 'approve' ? gateHead(screen) : gateScreen(screen));
  for (const why of closed)
    terminal.say(wrap(`not signed along: ${explain(why).sentence}`, columns).join('\n'));
  const transcripts = transcriptsOf(context, bundle, columns);
  const purpose = `${act} ${toIterationId(bundle.iteration)} at ${seatNames(rules)}`;
  if (act !== 'approve') {
    const sample = await sampleOf(ground, desk, rules, transcripts, act, said);
    const reason = (said.reason ??= await askReason(context, QUESTIONS[act]));
    await typeBack(context, purpose);
    return { act, reason, sample, answers: given };
  }
  const again = isRead ? null : await onlyChanges(ground, desk, rules);
  if (again === null && !isRead) await readAll(ground, desk, color, transcripts);
  const sample =
    sampleStillGood(ground, desk, rules, again) ??
    (await sampleOf(ground, desk, rules, transcripts, act, said));
  if (await asksForChanges(ground, desk, rules, sample)) {
    said.reason = await askReason(context, QUESTIONS['request-changes']);
    const { reason } = said;
    await typeBack(context, `request changes of ${toIterationId(bundle.iteration)} at domain-validation`);
    return { act: 'request-changes', reason, sample, answers: given };
  }
  const answers = [...given, ...(await settled(ground, desk, rules, given))];
  await acknowledge(ground, context, rules, sample, again !== null);
  const [first] = again ?? [];
  if (again !== null && first !== undefined) {
    await typeBack(context, purpose);
    const reasons = new Map(again.map((each) => [each.entry.gate, stillSo(each)]));
    return { act, reason: stillSo(first), reasons, sample, answers };
  }
  const reason = (said.reason ??= await askReason(context, QUESTIONS.approve));
  await typeBack(context, purpose);
  return { act, reason, sample, answers };
}

async function readAll(
  ground: ReviewGround,
  { context: { terminal } }: Desk,
  color: boolean,
  transcripts: Transcripts,
): Promise<void> {
  const { style, columns } = ground;
  await walkSections(terminal, color, reviewSections(ground), [
    { key: 't', title: 'transcripts', go: () => browse(terminal, transcripts, style, columns) },
  ]);
}

const QUESTIONS: { readonly [A in GateAct]: string } = {
  approve: 'why do you approve?',
  reject: 'why do you reject?',
  'request-changes': 'what has to change?',
};

/**
 * Who approved the same before may read what changed alone. @returns what changed, one for each gate; null where everything is to
 * be read.
 */
async function onlyChanges(
  ground: ReviewGround,
  { context: { terminal }, who }: Desk,
  rules: readonly GateRule[],
): Promise<readonly StaleApproval[] | null> {
  const stale = rules.flatMap((rule) => staleApproval(ground, rule, who.principal.id) ?? []);
  if (stale.length === 0 || stale.length < rules.length) return null;
  const { style, columns } = ground;
  for (const { entry, changed } of stale) {
    const what = rules.length === 1 ? 'this' : `at ${entry.gate}`;
    const sentence = `You approved ${what} on ${entry.time.slice(0, 10)}: it does not count any more, because this changed: ${changed.join(', ')}`;
    terminal.say(wrap(sentence, columns).join('\n'));
  }
  const answer = await terminal.ask('d: read what changed and approve again, Enter: go through everything?');
  if (answer.trim().toLowerCase() !== 'd') return null;
  for (const { entry, lines } of stale) {
    const where = rules.length === 1 ? '' : ` at ${entry.gate}`;
    terminal.say(style.bold(`What changed since your approval${where}`));
    await showPages(terminal, lines);
  }
  return stale;
}

/** What was judged for the approval before, where it is as much as is asked for now. */
function sampleStillGood(
  { bundle }: ReviewGround,
  { who }: Desk,
  rules: readonly GateRule[],
  again: readonly StaleApproval[] | null,
): Sample | null {
  const sample = again?.find(({ entry }) => entry.gate === 'domain-validation')?.entry.sample;
  const rule = rules.find(({ gate }) => gate === 'domain-validation');
  if (sample === undefined || rule === undefined) return null;
  const reasons = checkSample(bundle, rule, { act: 'approve', sample, principal: who.principal.id });
  return reasons.length === 0 ? sample : null;
}

function stillSo({ entry, changed }: StaleApproval): string {
  return `Still so after looking at what changed (${changed.join(', ')}). Before: ${entry.reason}`.slice(
    0,
    10_000,
  );
}

/** An expert judges outputs before deciding at the expert's gate; before an objection only if he wants to. */
async function sampleOf(
  { bundle, style, columns }: ReviewGround,
  { context, who }: Desk,
  rules: readonly GateRule[],
  transcripts: Transcripts,
  act: GateAct,
  { judged }: Said,
): Promise<Sample | null> {
  const rule = rules.find(({ gate }) => gate === 'domain-validation');
  const seed = sampleSeed(bundle, who.principal.id);
  if (rule === undefined || seed === null) return null;
  if (act !== 'approve' && !(await context.terminal.confirm('record a sample that you judged with it?')))
    return null;
  return await takeSample({
    ...{ context, transcripts, rule, style, columns, seed, judged },
    standard: lockedRubric(bundle).domainStandard,
  });
}

/** A sample that allows no approval is not thrown away: it can say what has to change. */
async function asksForChanges(
  { bundle, columns }: ReviewGround,
  { context: { terminal }, who }: Desk,
  rules: readonly GateRule[],
  sample: Sample | null,
): Promise<boolean> {
  const rule = rules.find(({ gate }) => gate === 'domain-validation');
  if (rule === undefined || sample === null) return false;
  const reasons = checkSample(bundle, rule, { act: 'approve', sample, principal: who.principal.id });
  for (const why of reasons) terminal.say(wrap(explain(why).sentence, columns).join('\n'));
  return (
    reasons.length > 0 &&
    (await terminal.confirm('this cannot be approved; sign a change request with what you judged?'))
  );
}

/** Objections at these gates that nobody has answered: an approval opens nothing while they stand, so each is asked about. */
async function settled(
  { world, bundle, columns }: ReviewGround,
  { context: { terminal } }: Desk,
  rules: readonly GateRule[],
  given: readonly EntryId[],
): Promise<readonly EntryId[]> {
  const answers: EntryId[] = [];
  const open = standingObjections(world, bundle).filter(
    ({ id, gate }) => rules.some((rule) => rule.gate === gate) && !given.includes(id),
  );
  for (const { id, act, principal, time, reason } of open) {
    const what = act === 'reject' ? 'rejected this' : 'asked for changes';
    terminal.say(wrap(`${principal} ${what} on ${time.slice(0, 10)}:`, columns).join('\n'));
    terminal.say(quoted(reason, columns, '  | ').join('\n'));
    if (await terminal.confirm('does your approval settle that?')) answers.push(id);
  }
  return answers;
}
