import { toIterationId, toSeconds } from '../domain/names.ts';
import { GATE_ROLES, type SampleRule } from '../domain/policy.ts';
import { SampleMethod } from '../domain/sample.ts';
import type { GateName } from '../domain/states.ts';
import { EDGES } from '../machine/edges.ts';
import { gateSeats, type GateRule } from '../machine/gate-rule.ts';
import type { Law } from '../machine/law.ts';
import type { Bundle } from '../machine/world.ts';
import { lawAt } from './laws.ts';
import { left, type Material } from './material.ts';
import type { Observation } from './observation.ts';
import { isWithin } from './window.ts';

/** Requirements by what they are, each with how much it demands: the higher the more. */
type Requirements = ReadonlyMap<string, number>;

/** Of what the steps of the window had to satisfy: what nobody could know when the iteration was submitted. */
export function addedRequirements({ bundles, laws, window }: Material): readonly Observation[] {
  return bundles.flatMap((bundle) =>
    EDGES.filter((edge) => edge.opens === 'gates').flatMap((edge): readonly Observation[] => {
      const taken = left(bundle, edge.from);
      const isOnward = bundle.record.transitions.some(({ to }) => to === edge.to);
      if (taken === null || !isOnward || !isWithin(window, taken)) return [];
      const submitted = requirementsOf(
        lawAt(laws, toSeconds(bundle.record.request.time)),
        bundle,
        edge.gates,
      );
      const satisfied = requirementsOf(lawAt(laws, taken), bundle, edge.gates);
      const added = [...satisfied].filter(([what, much]) => much > (submitted.get(what) ?? 0));
      const about = toIterationId(bundle.iteration);
      return [
        {
          metric: 'added-requirements',
          line: bundle.iteration.line,
          role: null,
          counted: added.length,
          of: satisfied.size,
          named: added.map(([what]) => ({ about, what: `${what}: since it was submitted` })),
        },
      ];
    }),
  );
}

function requirementsOf(law: Law, bundle: Bundle, gates: readonly GateName[]): Requirements {
  const seats = gates.flatMap((gate) => gateSeats(law, bundle, gate));
  return new Map([...seats.flatMap(demandsOf), ...agesOf(law)]);
}

type Demand = readonly [what: string, much: number];

/** What a seat of its own or of an owner demands beyond what another seat of the gate demands too. */
function demandsOf(rule: GateRule): readonly Demand[] {
  const { gate, owner, quorum, sample } = rule;
  if (owner !== null) return [[`${gate}: the approval of the ${owner}`, 1]];
  const closed = GATE_ROLES[gate].filter((role) => !(rule.roles as readonly string[]).includes(role));
  return [
    [`${gate}: signatures`, quorum],
    ...closed.map((role): Demand => [`${gate}: not as ${role}`, 1]),
    ...rule.distinctFrom.map((other): Demand => [`${gate}: other people than at ${other}`, 1]),
    ...(rule.requesterBarred ? [[`${gate}: not the requester`, 1] as const] : []),
    ...rule.evidence.map((path): Demand => [`${gate}: evidence ${path}`, 1]),
    ...rule.acknowledgements.map((said): Demand => [`${gate}: acknowledgement ${said}`, 1]),
    ...rule.checks.flatMap(({ name, maxAgeDays }): readonly Demand[] => [
      [`${gate}: the check ${name}`, 1],
      ...(maxAgeDays === null ? [] : [young(`${gate}: the age of the check ${name}`, maxAgeDays)]),
    ]),
    ...(sample === null ? [] : sampleDemands(gate, sample)),
  ];
}

function sampleDemands(gate: GateName, { judged, met, methods }: SampleRule): readonly Demand[] {
  const barred = SampleMethod.options.filter((method) => !methods.includes(method));
  return [
    [`${gate}: items judged`, judged],
    ...(Number(met) > 0 ? [[`${gate}: share that meets the standard`, Number(met)] as const] : []),
    ...barred.map((method): Demand => [`${gate}: no sample chosen as ${method}`, 1]),
  ];
}

function agesOf({ policy: { freshness = {} } }: Law): readonly Demand[] {
  return Object.entries(freshness).flatMap(([what, days]) =>
    days === undefined ? [] : [young(`age: ${what}`, days)],
  );
}

/** Fewer days demand more. */
function young(what: string, days: number): Demand {
  return [what, 1 / days];
}
