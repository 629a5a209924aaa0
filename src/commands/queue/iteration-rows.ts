import { checkerOf } from '../../domain/check.ts';
import { toIterationId, type CheckName } from '../../domain/names.ts';
import type { Reason } from '../../domain/reason.ts';
import { receiptRoles } from '../../machine/acts/receipt.ts';
import type { IterationWork } from '../../machine/queue.ts';
import type { GateStanding } from '../../machine/standing.ts';
import { completeRuns } from '../../machine/verdict.ts';
import { ITERATION } from '../shared/explaining/explained.ts';
import type {
  ApprovalOut,
  BlockedOut,
  MachineOut,
  PersonOut,
  QueueRows,
  StaleOut,
  TaintedOut,
} from '../shared/views/queue-output.ts';
import { reasonsJson } from '../shared/explaining/refusal.ts';
import { objectionRows } from './objection-rows.ts';
import { peopleInRoles, peopleNamed, requestingPeople, type Scope } from './people.ts';
import { sinceOnly, urgencyView, type UrgencyView } from './urgency-view.ts';

type IterationRows = Pick<
  QueueRows,
  'approvals' | 'blocked' | 'objections' | 'stale' | 'tainted' | 'machines'
>;

/** Everything there is to say about one iteration. */
export function iterationRows(scope: Scope, work: IterationWork): IterationRows {
  const { line } = work.bundle.iteration;
  const here = { ...scope, line };
  return {
    approvals: approvalRows(here, work),
    blocked: blockedRows(here, work),
    objections: objectionRows(here, work),
    stale: staleRows(here, work),
    tainted: taintedRows(here, work),
    machines: machineRows(here, work),
  };
}

type Here = Parameters<typeof peopleInRoles>[0];

const idOf = ({ bundle }: IterationWork): string => toIterationId(bundle.iteration);

function since({ bundle: { record } }: IterationWork): UrgencyView {
  return sinceOnly(record.transitions.at(-1)?.time ?? record.request.time);
}

/** Gates that wait for signatures and nothing else, and steps that are signed and not taken. */
function approvalRows(here: Here, work: IterationWork): readonly ApprovalOut[] {
  const { standing, pending, blocked, ready, due } = work;
  const to = standing.edge?.to;
  if (to === undefined || blocked.length > 0) return [];
  const iteration = idOf(work);
  if (ready) {
    const roles = standing.gates.flatMap(({ rule }) => rule.roles);
    const people = peopleInRoles(here, roles, `modelsmith promote ${iteration}`);
    const urgency = due === null ? since(work) : urgencyView(due, here.at);
    return [{ kind: 'promotion', iteration, to, ...urgency, people }];
  }
  return pending.map(({ gate, due: wanted }) => ({
    kind: 'gate',
    iteration,
    gate: gate.rule.gate,
    owner: gate.rule.owner,
    to,
    roles: [...gate.rule.roles],
    has: gate.filled,
    of: gate.rule.quorum,
    approvedBy: gate.counted.map(({ principal }) => principal),
    ...(wanted === null ? since(work) : urgencyView(wanted, here.at)),
    people: signersAt(here, work, gate),
  }));
}

/** Who could sign at several gates at once, and may not, has to say at which. */
function signersAt(here: Here, work: IterationWork, { rule, canSign }: GateStanding): readonly PersonOut[] {
  const elsewhere = new Set(
    work.standing.gates
      .filter((other) => !other.open && rule.distinctFrom.includes(other.rule.gate))
      .flatMap((other) => other.canSign),
  );
  const approve = `modelsmith approve ${idOf(work)}`;
  return peopleNamed(here, canSign, rule.roles, (principal) =>
    elsewhere.has(principal) ? `${approve} --gate ${rule.gate}` : approve,
  );
}

function blockedRows(here: Here, work: IterationWork): readonly BlockedOut[] {
  const { standing, pending, blocked, due, bundle } = work;
  const to = standing.edge?.to;
  if (to === undefined || blocked.length === 0) return [];
  return [
    {
      iteration: idOf(work),
      state: bundle.record.state,
      to,
      reasons: reasonsOut(blocked, idOf(work)),
      ...(due === null ? since(work) : urgencyView(due, here.at)),
      people: menders(here, work),
      // Nobody signs what is retired.
      then: (isLost(work) ? [] : pending).map(({ gate }) => ({
        gate: gate.rule.gate,
        owner: gate.rule.owner,
        has: gate.filled,
        of: gate.rule.quorum,
        people: signersAt(here, work, gate),
      })),
    },
  ];
}

/** What failed, or can never be strong enough: another iteration has to come in its place. */
function isLost({ standing, bundle, blocked }: IterationWork): boolean {
  return (
    (standing.runs === 'fail' && bundle.record.state === 'candidate') ||
    blocked.some(({ code }) => code === 'LOCK_STRENGTH_LOW')
  );
}

/** What is lost is retired by an operator; evidence is brought by those who asked. All else has a row of its own. */
function menders(here: Here, work: IterationWork): readonly PersonOut[] {
  const { bundle, blocked } = work;
  const id = toIterationId(bundle.iteration);
  if (isLost(work))
    return peopleInRoles(
      here,
      ['operator', 'team-lead'],
      `modelsmith deprecate ${id} --reason <why> --retire`,
    );
  const checks = [...new Set(blocked.flatMap(checkFor))];
  if (checks.length > 0)
    return checks.flatMap((check) =>
      peopleInRoles(here, [checkerOf(check)], `modelsmith check add ${id} <file> --name ${check}`),
    );
  const receipts = blocked.flatMap((why) => (why.code === 'RECEIPT_MISSING' ? [why.facts] : []));
  if (receipts.length > 0)
    return receipts.flatMap(({ kind, target }) =>
      kind === 'external'
        ? peopleInRoles(here, receiptRoles(kind), `modelsmith receipt add ${id} --target ${target}`)
        : peopleInRoles(here, ['reconciler'], 'modelsmith reconcile'),
    );
  return blocked.some(({ code }) => code.startsWith('EVIDENCE_'))
    ? requestingPeople(here, bundle, `modelsmith evidence add ${id} <file...>`)
    : [];
}

/** The check whose result is missing, or has to be a better one. */
function checkFor(why: Reason): readonly CheckName[] {
  return why.code === 'CHECK_MISSING' || why.code === 'CHECK_FAILED' || why.code === 'CHECK_EXPIRED'
    ? [why.facts.check as CheckName]
    : [];
}

function staleRows(here: Here, work: IterationWork): readonly StaleOut[] {
  const iteration = idOf(work);
  return work.lapsed.flatMap(({ entry, why, again }) => {
    const gate = work.standing.gates.find(({ discounted }) =>
      discounted.some((each) => each.entry === entry),
    );
    const asked = again ? [entry.principal] : (gate?.canSign ?? []);
    return reasonsOut([why], iteration).map((reason) => ({
      iteration,
      gate: entry.gate,
      principal: entry.principal,
      time: entry.time,
      entry: entry.id,
      why: reason,
      people: peopleNamed(
        here,
        asked,
        gate?.rule.roles ?? [],
        () => `modelsmith approve ${iteration} --gate ${entry.gate}`,
      ),
    }));
  });
}

function taintedRows(here: Here, work: IterationWork): readonly TaintedOut[] {
  const { tainted, bundle } = work;
  if (tainted.length === 0) return [];
  const roles = [...new Set(tainted.map(({ role }) => role))];
  const names = [...new Set(tainted.flatMap(({ vouchers }) => vouchers))].sort();
  return [
    {
      iteration: idOf(work),
      state: bundle.record.state,
      entries: tainted.map(({ entry, role }) => ({
        entry: entry.id,
        act: entry.act,
        principal: entry.principal,
        role: entry.role,
        time: entry.time,
        voucher: role,
      })),
      people: peopleNamed(
        here,
        names,
        roles,
        () => `modelsmith reaffirm ${idOf(work)} --reason <what you looked at>`,
      ),
    },
  ];
}

function machineRows(here: Here, work: IterationWork): readonly MachineOut[] {
  const { machine, bundle } = work;
  if (machine === null) return [];
  const iteration = idOf(work);
  const runs = machine === 'evaluation';
  return [
    {
      iteration,
      waitsFor: machine,
      has: runs ? completeRuns(bundle).length : 0,
      of: runs ? bundle.lock.runs : 1,
      since: since(work).opened,
      people: peopleInRoles(
        here,
        ['pipeline'],
        runs
          ? `modelsmith eval ${iteration} <results.json>`
          : `modelsmith export ${iteration} --adapter <folder>`,
      ),
    },
  ];
}

/** Reasons with everything filled in that a person has to type. */
export function reasonsOut(reasons: readonly Reason[], iteration: string): BlockedOut['reasons'] {
  return reasonsJson(reasons).map(({ code, facts, sentence, remedy }) => ({
    code,
    facts: { ...facts },
    sentence,
    remedy: remedy?.replaceAll(ITERATION, iteration) ?? null,
  }));
}
