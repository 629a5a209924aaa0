import { toIterationId, type EntryId } from '../../domain/names.ts';
import type { Reason } from '../../domain/reason.ts';
import type { Sample } from '../../domain/sample.ts';
import { proveAcknowledgements, type Proof } from '../../machine/acknowledgement.ts';
import type { GateRule } from '../../machine/gate-rule.ts';
import { standingObjections } from '../../machine/objections.ts';
import { checkSample, sampleSeed } from '../../machine/sample-check.ts';
import { lockedRubric, type Bundle } from '../../machine/world.ts';
import type { CommonOptions } from './command.ts';
import { explain } from './explain.ts';
import type { GateAct } from './gate-entry.ts';
import { gateHead, gateScreen } from './gate-screen.ts';
import { showPages } from './pager.ts';
import { askReason, demandYes, typeBack } from './prompts.ts';
import type { ReviewGround } from './review/ground.ts';
import { reviewSections } from './review/sections.ts';
import { staleApproval, type StaleApproval } from './review/since-approval.ts';
import { takeSample } from './review/take-sample.ts';
import { browse, transcriptsOf, type Transcripts } from './review/transcripts.ts';
import { walkSections } from './review/walk.ts';
import { seatNames } from './seat-names.ts';
import { field, quoted, styleOf, wrap } from './style.ts';
import type { Desk } from './write.ts';

export interface Review {
  readonly act: GateAct;
  /** Why other gates are not signed along. */
  readonly closed: readonly Reason[];
  readonly isRead: boolean;
  /** What the person said beforehand that this settles. */
  readonly answers: readonly EntryId[];
}

/** What a person said in a review. */
export interface Reviewed {
  /** Another one than was asked for where what was judged does not allow that. */
  readonly act: GateAct;
  readonly reason: string;
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
  { act, closed, isRead, answers: given }: Review,
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
    const sample = await sampleOf(ground, desk, rules, transcripts, act);
    const reason = await askReason(context, QUESTIONS[act]);
    await typeBack(context, purpose);
    return { act, reason, sample, answers: given };
  }
  const again = isRead ? null : await onlyChanges(ground, desk, rules);
  if (again === null && !isRead) await readAll(ground, desk, color, transcripts);
  const sample =
    sampleStillGood(ground, desk, rules, again) ?? (await sampleOf(ground, desk, rules, transcripts, act));
  if (await asksForChanges(ground, desk, rules, sample)) {
    const reason = await askReason(context, QUESTIONS['request-changes']);
    await typeBack(context, `request changes of ${toIterationId(bundle.iteration)} at domain-validation`);
    return { act: 'request-changes', reason, sample, answers: given };
  }
  const answers = [...given, ...(await settled(ground, desk, rules, given))];
  await acknowledge(ground, desk, rules, sample, again !== null);
  const reason = again === null ? await askReason(context, QUESTIONS.approve) : stillSo(again);
  await typeBack(context, purpose);
  return { act, reason, sample, answers };
}

/** The ground of a review at a desk. */
export function groundOfReview(desk: Desk, bundle: Bundle, color: boolean): ReviewGround {
  const { workspace, actor, context } = desk;
  return {
    world: workspace.world,
    bundle,
    at: actor.clock,
    earlier: workspace.verification.commits.map(({ tree }) => tree),
    style: styleOf(color),
    columns: Math.min(context.terminal.columns, 100),
  };
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

/** Who approved the same before may read what changed alone. @returns null where everything is to be read. */
async function onlyChanges(
  ground: ReviewGround,
  { context: { terminal }, who }: Desk,
  rules: readonly GateRule[],
): Promise<StaleApproval | null> {
  const stale = rules.map((rule) => staleApproval(ground, rule, who.principal.id));
  const [first] = stale;
  if (first == null || stale.some((each) => each === null)) return null;
  const { style, columns } = ground;
  terminal.say(
    wrap(
      `You approved this on ${first.entry.time.slice(0, 10)}: it does not count any more, because this changed: ${first.changed.join(', ')}`,
      columns,
    ).join('\n'),
  );
  const answer = await terminal.ask('d: read what changed and approve again, Enter: go through everything?');
  if (answer.trim().toLowerCase() !== 'd') return null;
  terminal.say(style.bold('What changed since your approval'));
  await showPages(
    terminal,
    stale.flatMap((each) => each?.lines ?? []),
  );
  return first;
}

/** What was judged for the approval before, where it is as much as is asked for now. */
function sampleStillGood(
  { bundle }: ReviewGround,
  { who }: Desk,
  rules: readonly GateRule[],
  again: StaleApproval | null,
): Sample | null {
  const sample = again?.entry.sample;
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
): Promise<Sample | null> {
  const rule = rules.find(({ gate }) => gate === 'domain-validation');
  const seed = sampleSeed(bundle, who.principal.id);
  if (rule === undefined || seed === null) return null;
  if (act !== 'approve' && !(await context.terminal.confirm('record a sample that you judged with it?')))
    return null;
  return await takeSample({
    ...{ context, transcripts, rule, style, columns, seed },
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

async function acknowledge(
  { bundle, style, columns }: ReviewGround,
  { context, workspace }: Desk,
  rules: readonly GateRule[],
  sample: Sample | null,
  together: boolean,
): Promise<void> {
  const proofs = new Map<string, Proof>(
    rules
      .flatMap((rule) => proveAcknowledgements(workspace.world, bundle, rule, sample ?? undefined))
      .map((proof) => [proof.acknowledgement, proof]),
  );
  const it = toIterationId(bundle.iteration);
  const otherwise = [
    'not acknowledged',
    `say what keeps you from it: modelsmith request-changes ${it}, or modelsmith reject ${it}`,
  ] as const;
  context.terminal.say(style.bold('What you acknowledge'));
  for (const { sentence, proof } of proofs.values()) {
    context.terminal.say(field('machine:', proof, columns, 8).join('\n'));
    if (together) context.terminal.say(field('you:', sentence, columns, 8).join('\n'));
    else await demandYes(context, `${sentence}: do you say so?`, ...otherwise);
  }
  if (together) await demandYes(context, 'all of this is still so: do you say so?', ...otherwise);
}
