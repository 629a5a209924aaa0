import { sha256 } from '../../../src/base/digest.ts';
import { Approval } from '../../../src/domain/approval.ts';
import { seal } from '../../../src/domain/document.ts';
import { evaluationReportDocument } from '../../../src/domain/evaluation-report.ts';
import {
  LineName,
  toSeconds,
  toTime,
  Version,
  type EntryId,
  type Iteration,
  type Time,
} from '../../../src/domain/names.ts';
import type { ReasonCode } from '../../../src/domain/reason.ts';
import type { Role } from '../../../src/domain/roles.ts';
import type { GateName } from '../../../src/domain/states.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import type { Act, Actor, Decision } from '../../../src/machine/act.ts';
import { approvalRelies } from '../../../src/machine/acts/decide-approval.ts';
import { apply, decide } from '../../../src/machine/decide.ts';
import { seatOf } from '../../../src/machine/gate-rule.ts';
import { lawOf, principalNamed } from '../../../src/machine/law.ts';
import { statementOf } from '../../../src/machine/statement.ts';
import { bundleOf, type Bundle, type World } from '../../../src/machine/world.ts';
import { keyOf, LINE, REPOSITORY_ID, type Person } from './law-files.ts';

/** Seconds of the first moment; every act is `hours` after it. */
export const START = toSeconds('2026-03-01T00:00:00Z' as Time);
export const hour = (hours: number): number => START + Math.round(hours * 3600);
export const at = (hours: number): Time => toTime(hour(hours));

export const iterationOf = (version = '1.0.0', line = LINE): Iteration => ({
  line: LineName.parse(line),
  version: Version.parse(version),
});

export const worldOf = (tree: TreeFolder): World => ({ law: lawOf(tree), tree });

export function actorOf(tree: TreeFolder, name: Person, hours: number): Actor {
  const principal = principalNamed(lawOf(tree), name);
  const key = principal?.keys[0]?.fingerprint;
  if (principal === null || key === undefined) throw new Error(`nobody is called ${name}`);
  return { principal, key, signed: hour(hours), clock: hour(hours) };
}

export interface By {
  readonly name: Person;
  readonly role: Role;
  readonly hours: number;
}

export function header(act: string, { name, role, hours }: By, reliedOn: readonly EntryId[]): object {
  return {
    act,
    repository: REPOSITORY_ID,
    principal: name,
    role,
    key: keyOf(name),
    time: at(hours),
    reliedOn: [...reliedOn].sort(),
  };
}

/** An act together with who signs it: what one commit of one act is. */
export interface Signed {
  readonly act: Act;
  readonly by: By;
}

export function tryAct(tree: TreeFolder, { act, by }: Signed): Decision {
  return decide(worldOf(tree), act, actorOf(tree, by.name, by.hours));
}

/** The tree after the acts. @throws where one is refused, with its reasons. */
export function done(tree: TreeFolder, ...steps: readonly ((tree: TreeFolder) => Signed)[]): TreeFolder {
  return steps.reduce((before, step) => {
    const decision = tryAct(before, step(before));
    if (decision.kind === 'refused') throw new Error(JSON.stringify(decision.reasons));
    return apply(before, decision.puts);
  }, tree);
}

/** The codes of the refusal, sorted, each once; empty where the act is allowed. */
export function refusals(tree: TreeFolder, step: (tree: TreeFolder) => Signed): readonly ReasonCode[] {
  const decision = tryAct(tree, step(tree));
  return decision.kind === 'allowed' ? [] : [...new Set(decision.reasons.map((why) => why.code))].sort();
}

export function bundleAt(tree: TreeFolder, iteration = iterationOf()): Bundle {
  const bundle = bundleOf(tree, iteration);
  if (bundle === null) throw new Error('there is no such iteration');
  return bundle;
}

export interface ReportSpec {
  readonly a?: string;
  readonly b?: string;
  readonly raw: Uint8Array;
  readonly changes?: object;
  readonly rows?: object;
  /** A model without an adapter, which was evaluated instead of the adapter. */
  readonly of?: string;
}

/** A report in the normalised form over one raw file. */
export function reportBytes({
  a = '0.8',
  b = '0.7',
  raw,
  changes = {},
  rows = {},
  of,
}: ReportSpec): Uint8Array {
  const row = (task: string, value: string): object => ({
    task,
    metric: 'acc',
    filter: 'none',
    value,
    higherIsBetter: true,
    samples: { original: 100, effective: 100 },
    version: '1.0',
    hash: 'h',
    shots: 0,
    ...rows,
  });
  const text = evaluationReportDocument.print(
    evaluationReportDocument.schema.parse({
      schema: 'modelsmith/evaluation-report/v1',
      importer: { name: 'lm-eval-v0.4', version: 1 },
      harness: { name: 'lm-eval', version: '0.4.9', configSha256: '0'.repeat(64) },
      seeds: [],
      model: {
        name: 'hf',
        arguments: 'pretrained=org/base',
        base: of ?? 'org/base',
        ...(of === undefined && { adapter: 'adapter' }),
      },
      groups: [],
      tasks: [row('task-a', a), row('task-b', b)],
      raw: [{ path: 'results.json', size: raw.length, sha256: sha256(raw) }],
      ...changes,
    }),
  );
  return new TextEncoder().encode(text);
}

export const gateRole: { readonly [G in GateName]: Role } = {
  'operator-signoff': 'operator',
  'domain-validation': 'domain-expert',
  'governance-approval': 'governance-approver',
};

export type DecisionAct = 'approve' | 'reject' | 'request-changes';

/** A decision at a gate over exactly what is in the tree. `changes` go over any field before it is sealed. */
export function decision(
  act: DecisionAct,
  gate: GateName,
  name: Person,
  hours: number,
  changes: object = {},
  role: Role = gateRole[gate],
  version = '1.0.0',
) {
  return (tree: TreeFolder): Signed => {
    const world = worldOf(tree);
    const { law } = world;
    const bundle = bundleAt(tree, iterationOf(version));
    const rule = seatOf(law, bundle, { gate, role });
    const by = { name, role, hours };
    const approval = seal(Approval, {
      schema: 'modelsmith/approval/v1',
      ...header(act, by, approvalRelies(world, bundle, rule)),
      iteration: `${LINE}@${version}`,
      gate,
      edge: { from: rule.edge.from, to: rule.edge.to },
      statement: statementOf(law, bundle, rule),
      ...(act === 'approve' && { acknowledgements: [...rule.acknowledgements].sort() }),
      answers: [],
      reason: 'as looked at',
      ...changes,
    } as never);
    return { act: { kind: 'decide', iteration: bundle.iteration, approval }, by };
  };
}

export function withdrawal(
  withdraws: string,
  gate: GateName,
  name: Person,
  hours: number,
  changes: object = {},
) {
  return (tree: TreeFolder): Signed => {
    const by = { name, role: gateRole[gate], hours };
    const approval = seal(Approval, {
      schema: 'modelsmith/approval/v1',
      ...header('withdraw', by, [withdraws as EntryId]),
      iteration: `${LINE}@1.0.0`,
      gate,
      withdraws,
      answers: [],
      reason: 'on second thoughts',
      ...changes,
    } as never);
    return { act: { kind: 'decide', iteration: bundleAt(tree).iteration, approval }, by };
  };
}

/** The id of the newest decision. */
export function newestId(tree: TreeFolder): string {
  return bundleAt(tree).approvals.at(-1)?.id ?? '';
}
