import { CannotTell } from '../../base/errors.ts';
import type { EntryId, PrincipalName } from '../../domain/names.ts';
import type { Principal } from '../../domain/signers.ts';
import type { Put } from '../../machine/act.ts';
import { isForRecovery } from '../../machine/overrides.ts';
import { changeNamed } from '../../machine/changes.ts';
import { changeStanding } from '../../machine/change-standing.ts';
import { holdsRole } from '../../machine/law.ts';
import { appliedEntry, changeEntry, rolesToApprove } from '../shared/changes/change-entry.ts';
import type { CommitSigner } from '../../ports/signatures.ts';
import type { CommonOptions } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { SignersEdit } from '../shared/changes/signers-edit.ts';
import { land, openDesk, Plan } from '../shared/opening/write.ts';
import type { World } from '../../machine/world.ts';
import type { DrillCopy } from './copy.ts';
import { approversOf, at, proposed, standing } from './lift.ts';
import { StepFailed, WHY, type Cast } from './play.ts';

/** Everybody of a copy with a key that was made for it and goes with it. */
export interface StandIns {
  /** Whoever pulls the brakes. */
  readonly runner: Principal;
  readonly signer: CommitSigner;
  readonly keyFile: string;
  /** A key file for every person. */
  readonly files: ReadonlyMap<PrincipalName, string>;
  /** The law of the copy, in which these keys are enrolled beside those of the people. */
  readonly puts: readonly Put[];
}

/** Makes a key for every person enrolled. @throws CannotTell NO_INPUT where nobody may pull a brake. */
export async function makeStandIns(
  context: Context,
  world: World,
  folder: string,
  now: number,
): Promise<StandIns> {
  const people = world.law.signers.principals.filter(
    (person) => person.kind === 'human' && person.roles.length > 0 && !isForRecovery(person),
  );
  const runner = people.find((person) => holdsRole(person, 'override', null, now));
  if (runner === undefined)
    throw new CannotTell('NO_INPUT', 'nobody here may pull a brake, so there is nothing to drill');
  const edit = new SignersEdit(world);
  const files = new Map<PrincipalName, string>();
  for (const { id } of people) {
    const made = await context.signing.throwAwayKey(id, now - 1);
    const file = `${folder}/people/${id}.asc`;
    await context.files.create(file, new TextEncoder().encode(made.privateArmored), 0o600);
    edit.addKey(id, made.fingerprint, made.publicArmored);
    files.set(id, file);
  }
  const puts = edit.files().map(({ path, bytes }) => ({ path: `policy/${path}`, bytes }));
  const keyFile = files.get(runner.id);
  if (keyFile === undefined) throw new Error('a person without a key');
  const { signer } = await context.signing.keyFile(keyFile, () => Promise.resolve(''), now);
  return { runner, signer, keyFile, files, puts };
}

/** Lifts an override with the keys of nobody: no prompt is answered, since no person is asked. */
export async function liftUnattended(
  run: Cast['run'],
  copy: DrillCopy,
  override: EntryId,
  { files }: StandIns,
  common: CommonOptions,
): Promise<readonly PrincipalName[]> {
  const { change } = await proposed(run, copy, override);
  const asked = new Set((await standing(copy, change.id)).ways.flat().flatMap(({ people }) => [...people]));
  for (const [person, file] of files) {
    if (!asked.has(person)) continue;
    const each = await approve(copy, change.id, { ...common, ...at(copy), keyFile: file, as: null });
    if (each === null) continue;
    const why = await copy.push();
    if (why !== null) throw new StepFailed(why);
    return each;
  }
  throw new StepFailed('all people enrolled together could not lift it');
}

/** One person's yes. @returns who approved it, where that put it in force; else null. */
async function approve(
  { context }: DrillCopy,
  id: EntryId,
  common: CommonOptions,
): Promise<readonly PrincipalName[] | null> {
  const desk = await openDesk(context, common);
  const { world } = desk.workspace;
  const each = changeNamed(world.tree, id);
  if (each === null) throw new Error('a proposal that is gone');
  const before = changeStanding(world, each, desk.actor.clock);
  const plan = new Plan(desk);
  for (const role of rolesToApprove(desk, common, before, [])) {
    const approval = changeEntry(desk, each, 'approve', { role, answers: [], reason: WHY });
    const no = plan.add('', { kind: 'decide-change', approval });
    if (no !== null) return null;
  }
  const after = changeNamed(plan.world.tree, id) ?? each;
  const now = changeStanding({ ...world, tree: plan.world.tree }, after, desk.actor.clock);
  const applied = now.blocked.length === 0 ? appliedEntry(desk, after, now) : null;
  if (applied !== null) plan.add('', { kind: 'apply-change', applied });
  if (plan.acts.length === 0) return null;
  const report = await land(desk, common, plan, 'Approve a lift in a selftest');
  if (!('commit' in report)) throw new StepFailed('an approval of the lift was refused');
  return applied === null ? null : approversOf({ ...after, applied });
}
