import type { EntryId, PrincipalName } from '../../domain/names.ts';
import { changeStanding } from '../../machine/change-standing.ts';
import { changesOf, type ChangeCase } from '../../machine/changes.ts';
import type { World } from '../../machine/world.ts';
import { shellPath } from '../shared/terminal/escape.ts';
import { openWorkspace } from '../shared/opening/workspace.ts';
import { printTrustRoot } from '../shared/opening/trust-root.ts';
import type { DrillCopy } from './copy.ts';
import { StepFailed, WHY, type Cast } from './play.ts';

/**
 * Has an override lifted as the law demands: the person who drills proposes it and approves what he may, and colleagues
 * approve on their own machines what he may not, while he waits for them.
 */
export async function liftByPeople(
  run: Cast['run'],
  copy: DrillCopy,
  override: EntryId,
  runner: PrincipalName,
): Promise<readonly PrincipalName[]> {
  const { change } = await proposed(run, copy, override);
  const own = await standing(copy, change.id);
  if (own.ways.flat().some(({ people }) => people.has(runner))) {
    const code = await run(copy, ['policy', 'approve', change.id]);
    if (code !== 0) throw new StepFailed(`modelsmith policy approve ended with ${code}`);
  }
  const why = await copy.push();
  if (why !== null) throw new StepFailed(why);
  let told: string | null = null;
  for (;;) {
    await copy.pull();
    const each = caseOf(await worldOf(copy), override);
    if (each?.applied != null) return approversOf(each);
    told = await askColleagues(copy, change.id, told);
  }
}

/** Proposes to lift an override. @returns the proposal. */
export async function proposed(run: Cast['run'], copy: DrillCopy, override: EntryId): Promise<ChangeCase> {
  const code = await run(copy, ['override', 'lift', override, '--reason', WHY]);
  const each = caseOf(await worldOf(copy), override);
  if (code !== 0 || each === null) throw new StepFailed(`modelsmith override lift ended with ${code}`);
  return each;
}

/** What counts for a proposal in the copy. */
export async function standing(copy: DrillCopy, change: EntryId): Promise<ReturnType<typeof changeStanding>> {
  const { world, valid } = await openWorkspace(copy.context, { ...at(copy), branch: null });
  const each = changesOf(world.tree).find((found) => found.change.id === change);
  if (each === undefined) throw new Error('a proposal that is gone');
  return changeStanding(world, each, Math.max(valid.clock, copy.context.now()));
}

export function approversOf({ approvals, applied }: ChangeCase): readonly PrincipalName[] {
  const relied = new Set(applied?.reliedOn);
  return approvals.flatMap(({ id, principal }) => (relied.has(id) ? [principal] : []));
}

/** @param told what was said before: it is not said again. @returns what was said now. */
async function askColleagues(copy: DrillCopy, change: EntryId, told: string | null): Promise<string> {
  const { terminal } = copy.context;
  const { blocked } = await standing(copy, change);
  const waits = blocked.flatMap((reason) => (reason.code === 'CHANGE_PENDING' ? [reason.facts] : []));
  const words = [
    'The override ends when colleagues approve that, each with a key of their own:',
    ...waits.map(({ needed, has, of, canSign }) => `  ${needed}: has ${has} of ${of}; ${canSign.join(', ')}`),
    `  git clone ${shellPath(copy.remote.pushTo)} drill`,
    `  modelsmith policy approve ${change.slice(0, 12)} -C drill --root ${printTrustRoot(copy.root)}`,
    ...(copy.hasOwnRemote
      ? [
          'That folder can be reached on this machine alone: from others it takes a drill with --remote <address>.',
        ]
      : []),
  ].join('\n');
  terminal.say(words === told ? 'Nobody else has approved it yet.' : words);
  const answer = await terminal.ask('Enter to look whether they have, or stop:');
  if (answer.trim() === 'stop') throw new StepFailed('not enough people were there to lift it');
  return words;
}

async function worldOf(copy: DrillCopy): Promise<World> {
  return (await openWorkspace(copy.context, { ...at(copy), branch: null })).world;
}

export function at(copy: DrillCopy): { readonly directory: string; readonly root: string } {
  return { directory: copy.directory, root: printTrustRoot(copy.root) };
}

function caseOf({ tree }: World, override: EntryId): ChangeCase | null {
  return changesOf(tree).find(({ change }) => change.kind === 'lift' && change.override === override) ?? null;
}
