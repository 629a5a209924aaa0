import { toTime, type Time } from '../../domain/names.ts';
import type { Bundle, World } from '../../machine/world.ts';
import { runsVerdict, completeRuns } from '../../machine/verdict.ts';
import { checkStandings } from '../../machine/check-standing.ts';
import { edgeOnward } from '../../machine/edges.ts';
import { reasonsJson, type ReasonJson } from '../shared/explaining/refusal.ts';
import { riskOf, riskWords, type Risk } from '../../machine/risk.ts';
import { targetStandings } from '../../machine/receipts.ts';
import { standingOf } from '../../machine/standing.ts';
import { checkViews, checkWords, type CheckView } from '../shared/review/check-lines.ts';
import type { View } from '../shared/command.ts';
import { CANNOT_SIGN } from '../shared/views/ended-people.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { anyOf, ITERATION } from '../shared/explaining/explained.ts';
import { exceptionTitle } from '../shared/views/exception-text.ts';
import { exceptionViews, type ExceptionView } from '../shared/views/exception-view.ts';
import { lapsesSoon } from '../shared/views/lapses.ts';
import { brief, table } from '../shared/terminal/layout.ts';
import { lockWords } from '../shared/intake/lock-words.ts';
import { openRequests } from '../shared/gates/open-requests.ts';
import { targetViews, targetWords, type TargetView } from '../shared/gates/receipt-lines.ts';
import { scoresTable } from '../shared/intake/scores-table.ts';
import {
  standingView,
  type GateView,
  type SignerView,
  type StandingView,
} from '../shared/views/standing-view.ts';
import { field, styleOf, wrap, type Style } from '../shared/terminal/style.ts';

export interface Detail extends StandingView {
  readonly requester: string;
  readonly onBehalfOf: string;
  readonly artifact: string;
  /** How risky the change is and whose approval it needs therefore; null where the policy has no rules of risk. */
  readonly risk: Pick<Risk, 'tier' | 'because' | 'approvals' | 'evidence'> | null;
  /** Results of outside tools that the policy asks for before anything goes to customers. */
  readonly requiredChecks: readonly CheckView[];
  /** The targets of its line, and what evidence says is there; none where the policy describes none. */
  readonly targets: readonly TargetView[];
  /** Exceptions that it needs, and those that renew them. */
  readonly exceptions: readonly ExceptionView[];
  readonly lock: string;
  readonly to: string | null;
  /** What is missing or unsound among the evidence the next gates demand. */
  readonly evidence: readonly ReasonJson[];
  readonly runs: {
    readonly verdict: 'pending' | 'pass' | 'fail';
    readonly has: number;
    readonly of: number;
    readonly thresholds: Bundle['lock']['thresholds'];
    readonly complete: readonly { readonly run: string; readonly scores: object }[];
    readonly errored: readonly { readonly run: string; readonly error: string }[];
  };
  /** Change requests that nobody has settled, a sentence each. */
  readonly conversation: readonly string[];
  /** What will stop counting within two weeks by its age, soonest first, and when. */
  readonly lapses: readonly { readonly what: string; readonly end: Time }[];
  /** Commands to type next. */
  readonly next: readonly string[];
}

/** @param at seconds since 1970. @param ended people whose certificates have ended. */
export function detailJson(world: World, bundle: Bundle, at: number, ended: ReadonlySet<string>): Detail {
  const { record, lock } = bundle;
  const view = standingView(world, bundle, at, ended);
  const complete = completeRuns(bundle);
  return {
    ...view,
    requester: record.request.principal,
    onBehalfOf: record.request.onBehalfOf,
    artifact: record.request.artifact.digest,
    lock: lock.id,
    exceptions: exceptionViews(world, bundle, at),
    requiredChecks: checkViews(checkStandings(world, bundle, at)),
    targets: targetViews(targetStandings(world, bundle)),
    risk: shownRisk(riskOf(world.law, bundle)),
    to: edgeOnward(record.state)?.to ?? null,
    evidence: reasonsJson(standingOf(world, bundle, at).evidence),
    runs: {
      verdict: runsVerdict(bundle),
      has: complete.length,
      of: lock.runs,
      thresholds: lock.thresholds,
      complete: complete.map(({ run, scores }) => ({ run, scores })),
      errored: record.evaluations.flatMap((run) =>
        run.status === 'errored' ? [{ run: run.run, error: run.error }] : [],
      ),
    },
    conversation: openRequests(world, bundle, at),
    lapses: lapsesSoon(world, bundle, standingOf(world, bundle, at), at).map(({ what, end }) => ({
      what,
      end: toTime(end),
    })),
    next: nextCommands(view),
  };
}

function shownRisk(risk: Risk | null): Detail['risk'] {
  if (risk === null) return null;
  const { tier, because, approvals, evidence } = risk;
  return { tier, because, approvals, evidence };
}

function riskLine(risk: Detail['risk']): string {
  return risk === null ? 'nobody judges it: the policy has no rules of risk' : riskWords(risk);
}

function nextCommands(view: StandingView): readonly string[] {
  const { iteration, gates, blocked, state, failed } = view;
  if (state === 'deprecated' || (state === 'production-validated' && view.tainted.length === 0)) return [];
  if (failed)
    return [`modelsmith deprecate ${iteration} --reason <why> --retire   (then train and submit another)`];
  const signers = new Map<string, readonly string[]>();
  for (const { principal, command } of gates.flatMap((gate) => gate.canSign.filter(isAble)))
    signers.set(command, [...new Set([...(signers.get(command) ?? []), principal])]);
  const remedies = [...blocked, ...view.tainted]
    .filter(({ code }) => code !== 'GATE_PENDING')
    .flatMap(({ remedy }) => remedy?.replaceAll(ITERATION, iteration) ?? []);
  if (gates.length > 0 && blocked.length === 0) return [`modelsmith promote ${iteration}`];
  return [
    ...new Set([...remedies, ...[...signers].map(([command, people]) => `${command}   (${anyOf(people)})`)]),
  ];
}

export function detailText(bundle: Bundle, detail: Detail, { columns, color }: View): readonly string[] {
  const style = styleOf(color);
  const { record } = bundle;
  const onBehalf = detail.requester === detail.onBehalfOf ? '' : ` for ${detail.onBehalfOf}`;
  return [
    `${style.bold(detail.iteration)}  ${detail.state}${detail.to === null ? '' : ` → ${detail.to}`}`,
    ...field('since', detail.since, columns),
    ...field('waits for', detail.waitsFor, columns),
    ...detail.conversation.flatMap((sentence) => field('conversation', sentence, columns)),
    ...field('requested', `by ${detail.requester}${onBehalf}, ${record.request.time}`, columns),
    ...field('artifact', `sha256 ${brief(detail.artifact)}…, lock ${brief(detail.lock)}…`, columns),
    ...field('lock is', lockWords(detail.lockStrength), columns),
    ...field('risk', riskLine(detail.risk), columns),
    ...detail.exceptions.flatMap((view) =>
      field('exception', `${exceptionTitle(view)}, until ${view.expires}`, columns),
    ),
    ...detail.requiredChecks.flatMap((check) => field('check', checkWords(check), columns)),
    ...detail.targets.flatMap((target) => field('target', targetWords(target), columns)),
    ...detail.gates.flatMap((gate) => ['', ...gateLines(gate, style, columns)]),
    ...(detail.evidence.length === 0
      ? []
      : ['', 'evidence', ...reasonLines(detail.evidence, style, columns)]),
    ...detail.lapses.flatMap(({ what, end }) => field('lapses', `${what} counts up to ${end}`, columns)),
    ...contested(detail, style, columns),
    ...(detail.tainted.length === 0 ? [] : ['', 'tainted', ...reasonLines(detail.tainted, style, columns)]),
    '',
    ...runLines(bundle, detail, style, columns),
    ...detail.next.map((command, index) => `${index === 0 ? '\nnext: ' : '      '}${escapeShown(command)}`),
  ];
}

function isAble({ ended }: SignerView): boolean {
  return ended !== true;
}

function gateLines(gate: GateView, style: Style, columns: number): readonly string[] {
  const state = gate.open ? style.good('open') : style.careful('not open yet');
  return [
    `${style.bold(gate.owner ?? gate.gate)}  ${state}, has ${gate.has} of ${gate.of}  (${gate.roles.join(' or ')})`,
    ...(gate.approvedBy.length === 0 ? [] : [`  approved by ${gate.approvedBy.join(', ')}`]),
    ...table(
      gate.canSign.map((signer) =>
        isAble(signer)
          ? [`can sign: ${signer.principal}`, signer.command]
          : [
              `${signer.principal} ${CANNOT_SIGN}`,
              `modelsmith signer refresh ${signer.principal} --certificate <file>`,
            ],
      ),
      columns,
      2,
    ),
    ...(!gate.open && gate.has < gate.of && !gate.canSign.some(isAble)
      ? gate.canSign.length > 0
        ? ['  nobody left who can sign here']
        : [
            '  nobody left who can sign here; to name somebody:',
            `    modelsmith signer grant <id> --role ${gate.roles[0]} --reason <text>`,
          ]
      : []),
    ...reasonLines(gate.discounted, style, columns),
    ...gate.objections.flatMap(({ act, principal, time, reason }) =>
      wrap(`${act} by ${principal} (${time}): ${escapeShown(reason)}`, columns - 2).map(
        (line) => `  ${line}`,
      ),
    ),
  ];
}

function reasonLines(reasons: readonly ReasonJson[], style: Style, columns: number): readonly string[] {
  return table(
    reasons.map(({ code, sentence }) => [style.bad(code), sentence]),
    columns,
    2,
  );
}

function contested({ blocked }: Detail, style: Style, columns: number): readonly string[] {
  const found = blocked.filter(({ code }) => code === 'CONTESTED');
  return found.length === 0 ? [] : ['', 'contested', ...reasonLines(found, style, columns)];
}

function runLines(bundle: Bundle, { runs }: Detail, style: Style, columns: number): readonly string[] {
  const complete = completeRuns(bundle);
  return [
    ...(complete.length === 0 ? [`no complete run yet (the lock asks for ${runs.of})`] : []),
    ...complete.flatMap((run) => scoresTable(bundle, run, style, columns)),
    ...runs.errored.flatMap(({ run, error }) =>
      wrap(`run ${run}: errored, not counted: ${escapeShown(error.replaceAll('\n', ' '))}`, columns),
    ),
  ];
}
