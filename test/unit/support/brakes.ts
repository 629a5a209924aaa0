import { Reaffirmation } from '../../../src/domain/approval.ts';
import { seal } from '../../../src/domain/document.ts';
import { parseOverride, type Override } from '../../../src/domain/override.ts';
import { toIterationId, type EntryId } from '../../../src/domain/names.ts';
import type { Role } from '../../../src/domain/roles.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { taintedEntries } from '../../../src/machine/taint.ts';
import { encode, keyOf, REPOSITORY_ID, type Person } from './law-files.ts';
import { at, bundleAt, header, iterationOf, worldOf, type By, type Signed } from './world.ts';

/** Acts of an emergency: pulling a brake, and vouching anew for what a stolen key signed. */

type Build = (tree: TreeFolder) => Signed;

/** The act of pulling a brake; `body` goes over any field. */
export function pull(body: object, name: Person, hours = 1): Build {
  const text = JSON.stringify({
    schema: 'modelsmith/override/v1',
    ...{ id: 'c'.repeat(64), repository: REPOSITORY_ID, principal: name, role: 'override' },
    ...{ key: keyOf(name), time: at(hours), reason: 'an emergency' },
    ...body,
  });
  const parsed = parseOverride(encode(text), 'override.json');
  if (!parsed.ok) throw new Error(parsed.problems[0].message);
  const override: Override = parsed.value;
  return () => ({
    by: { name, role: 'override', hours },
    act: { kind: 'override', override, bytes: encode(text) },
  });
}

/** Ids of the iteration's entries of one kind that are tainted now. */
export function taintedIds(tree: TreeFolder, act?: string): readonly EntryId[] {
  return taintedEntries(worldOf(tree), bundleAt(tree))
    .filter((entry) => act === undefined || entry.act === act)
    .map(({ id }) => id);
}

/** `changes` go over any field before the entry is sealed. */
export function reaffirm(
  entries: readonly string[],
  name: Person,
  role: Role,
  hours: number,
  changes: object = {},
  version = '1.0.0',
): Build {
  return (tree) => {
    const by: By = { name, role, hours };
    const { iteration } = bundleAt(tree, iterationOf(version));
    const sorted = [...entries].sort();
    const reaffirmation = seal(Reaffirmation, {
      schema: 'modelsmith/approval/v1',
      ...header('reaffirm', by, sorted as never),
      iteration: toIterationId(iteration),
      entries: sorted,
      reason: 'looked at again',
      ...changes,
    } as never);
    return { by, act: { kind: 'reaffirm', iteration, reaffirmation } };
  };
}
