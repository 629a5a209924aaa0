import { Approval, approvalDocument, approvalLogDocument } from '../../src/domain/approval.ts';
import { aliasesDocument, aliasTargets } from '../../src/domain/aliases.ts';
import { seal } from '../../src/domain/document.ts';
import { LineName, toTime, Version, type EntryId, type Iteration } from '../../src/domain/names.ts';
import { aliasesFile, APPROVAL_LOG, approvalFile, bundleFolder, RECORD } from '../../src/domain/paths.ts';
import { recordDocument, Step, type PromotionRecord } from '../../src/domain/record.ts';
import type { Role } from '../../src/domain/roles.ts';
import type { GateName, State } from '../../src/domain/states.ts';
import { approvalRelies } from '../../src/machine/acts/decide-approval.ts';
import { seatOf } from '../../src/machine/gate-rule.ts';
import { statementOf } from '../../src/machine/statement.ts';
import { sortEntries } from '../../src/machine/trusted-files.ts';
import { aliasesOf, bundleOf, type Bundle, type World } from '../../src/machine/world.ts';
import { LINE } from '../../src/commands/demo/material.ts';
import type { KeyName, Person } from './people.ts';
import type { Files, Site } from './site.ts';

/** What honest tools write, made here by hand so that any one thing in it can be made wrong. */

export const ITERATION: Iteration = { line: LineName.parse(LINE), version: Version.parse('1.0.0') };
export const BUNDLE = bundleFolder(ITERATION);
const RECORD_PATH = `${BUNDLE}/${RECORD}`;

export function bundleIn(world: World, iteration = ITERATION): Bundle {
  const bundle = bundleOf(world.tree, iteration);
  if (bundle === null) throw new Error('there is no such iteration');
  return bundle;
}

export interface By {
  readonly who: Person;
  readonly role: string;
  /** Seconds since 1970. */
  readonly time: number;
  /** Another key than the person's first. */
  readonly key?: KeyName;
}

export function header(site: Site, world: World, act: string, by: By, reliedOn: readonly EntryId[]): object {
  return {
    act,
    repository: world.law.repository.id,
    principal: by.who,
    role: by.role,
    key: site.world.people.key(by.key ?? by.who).fingerprint,
    time: toTime(by.time),
    reliedOn: [...new Set(reliedOn)].sort(),
  };
}

const GATE_ROLE: { readonly [G in GateName]: string } = {
  'operator-signoff': 'operator',
  'domain-validation': 'domain-expert',
  'governance-approval': 'governance-approver',
};

export interface ApprovalSpec extends Omit<By, 'role'> {
  readonly gate: GateName;
  readonly role?: string;
  readonly act?: 'approve' | 'reject' | 'request-changes';
  /** Over any field before the entry is sealed. */
  readonly changes?: object;
}

export function approval(site: Site, world: World, spec: ApprovalSpec): Approval {
  const bundle = bundleIn(world);
  const { gate, act = 'approve', role = GATE_ROLE[gate], changes = {} } = spec;
  const rule = seatOf(world.law, bundle, { gate, role: role as Role });
  return seal(Approval, {
    schema: 'modelsmith/approval/v1',
    ...header(site, world, act, { ...spec, role }, approvalRelies(world, bundle, rule)),
    iteration: `${ITERATION.line}@${ITERATION.version}`,
    gate,
    edge: { from: rule.edge.from, to: rule.edge.to },
    statement: statementOf(world.law, bundle, rule),
    ...(act === 'approve' && { acknowledgements: [...rule.acknowledgements].sort() }),
    answers: [],
    reason: 'Looked at it all.',
    ...changes,
  } as never);
}

export function approvalFiles(...entries: readonly Approval[]): Files {
  return Object.fromEntries(
    entries.map((entry) => [`${BUNDLE}/${approvalFile(entry.id)}`, approvalDocument.print(entry)]),
  );
}

export interface StepSpec extends By {
  readonly from?: State;
  readonly to: State;
  readonly reliedOn: readonly EntryId[];
  readonly changes?: object;
}

export function step(site: Site, world: World, spec: StepSpec): Step {
  const { to, reliedOn, from = bundleIn(world).record.state, changes = {} } = spec;
  const act = to === 'deprecated' ? 'deprecate' : 'transition';
  return seal(Step, { ...header(site, world, act, spec, reliedOn), from, to, ...changes } as never);
}

/** The files a transition leaves: the record, and for people's transitions the log and the aliases. */
export function stepFiles(world: World, taken: Step, fresh: readonly Approval[] = []): Files {
  const bundle = bundleIn(world);
  const { record } = bundle;
  const alias = { 'customer-deployed': 'serving', 'production-validated': 'production' }[taken.to as string];
  return {
    ...recordFiles({ ...record, state: taken.to, transitions: [...record.transitions, taken] }),
    ...(alias === undefined && taken.act === 'transition'
      ? {}
      : { [aliasesFile(ITERATION.line)]: aliasText(world, alias ?? null, taken) }),
    // A log needs an entry; a transition that has none simply lacks it.
    ...(alias === undefined || bundle.approvals.length + fresh.length === 0
      ? {}
      : {
          [`${BUNDLE}/${APPROVAL_LOG}`]: approvalLogDocument.print({
            schema: 'modelsmith/approval-log/v1',
            repository: world.law.repository.id,
            iteration: `${ITERATION.line}@${ITERATION.version}` as never,
            entries: sortEntries([...bundle.approvals, ...fresh]),
          }),
        }),
  };
}

function aliasText(world: World, alias: string | null, taken: Step): string {
  const aliases = aliasesOf(world.tree, ITERATION.line);
  const from = aliasTargets(aliases).get(alias as never) ?? null;
  const { version } = ITERATION;
  const moves = alias === null ? [] : [{ alias: alias as never, from, to: version }];
  const cause = taken.act === 'transition' ? 'transition' : 'deprecation';
  return aliasesDocument.print({
    schema: 'modelsmith/aliases/v1',
    repository: world.law.repository.id,
    line: ITERATION.line,
    steps: [...(aliases?.steps ?? []), { cause, entry: taken.id, version, time: taken.time, moves }],
  });
}

export function recordFiles(record: PromotionRecord): Files {
  return { [RECORD_PATH]: recordDocument.print(record) };
}

export interface SignOffSpec {
  readonly who?: Person;
  readonly key?: KeyName;
  readonly role?: string;
  readonly time?: number;
  readonly changes?: object;
}

/** An operator's sign-off with the transition it completes, as `approve` writes it at `artifact-exported`. */
export async function signOff(site: Site, spec: SignOffSpec = {}): Promise<Files> {
  const world = await site.load(site.at('exported'));
  const { who = 'omar', role = 'operator', time = site.after('exported'), changes = {} } = spec;
  const by = { who, role, time, ...(spec.key !== undefined && { key: spec.key }) };
  const entry = approval(site, world, { ...by, gate: 'operator-signoff', changes });
  const taken = step(site, world, { ...by, to: 'customer-deployed', reliedOn: [entry.id] });
  return { ...approvalFiles(entry), ...stepFiles(world, taken, [entry]) };
}
