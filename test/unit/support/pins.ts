import { pinOf } from '../../../src/domain/aliases.ts';
import { seal } from '../../../src/domain/document.ts';
import { Version, type LineName } from '../../../src/domain/names.ts';
import { Pin, Unpin } from '../../../src/domain/pin.ts';
import type { Role } from '../../../src/domain/roles.ts';
import type { AliasName } from '../../../src/domain/states.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { pinRelies } from '../../../src/machine/acts/pin.ts';
import { aliasesOf } from '../../../src/machine/world.ts';
import { addEvidence, artifactOf, evaluateIt, exportIt, moveTo, requestIt } from './acts.ts';
import { LINE, type LawChanges, type Person } from './law-files.ts';
import { actorOf, decision, done, header, worldOf, type Signed } from './world.ts';

/** What people sign for aliases themselves, and lines with some past. */

type Build = (tree: TreeFolder) => Signed;
const line = LINE as LineName;

/** `changes` go over any field before the entry is sealed. */
export function pinIt(
  version: string,
  name: Person,
  role: Role,
  hours: number,
  changes: object = {},
  alias: AliasName = 'serving',
): Build {
  return (tree) => {
    const by = { name, role, hours };
    const wanted = { line, alias, version: Version.parse(version), role, principal: name as never };
    const relies = pinRelies(worldOf(tree), wanted, actorOf(tree, name, hours));
    const pin = seal(Pin, {
      ...header('pin', by, relies),
      line,
      alias,
      version,
      reason: 'it misreads the new forms',
      ...changes,
    } as never);
    return { by, act: { kind: 'pin', pin } };
  };
}

export function unpinIt(
  name: Person,
  role: Role,
  hours: number,
  changes: object = {},
  alias: AliasName = 'serving',
): Build {
  return (tree) => {
    const by = { name, role, hours };
    const pinned = pinOf(aliasesOf(tree, line), alias);
    const unpin = seal(Unpin, {
      ...header('unpin', by, pinned === null ? [] : [pinned.entry]),
      line,
      alias,
      version: pinned?.version ?? '1.0.0',
      reason: 'all is well again',
      ...changes,
    } as never);
    return { by, act: { kind: 'unpin', unpin } };
  };
}

const grants = (...roles: string[]) => ({ roles: roles.map((role) => ({ role, lines: ['*'] })) });

/** A law with room for several iterations, a release owner, and somebody who can pull a brake. */
export const PIN_LAW: LawChanges = {
  line: { populationCeiling: 9 },
  people: {
    gil: grants('release-owner', 'governance-approver'),
    may: grants('release-owner', 'model-owner'),
    lee: grants('operator', 'team-lead', 'override'),
  },
};

/** A further iteration goes its whole way to customers, within an hour. */
export function served(tree: TreeFolder, version: string, hours: number): TreeFolder {
  return done(
    tree,
    requestIt({ artifact: artifactOf(version) }, version, hours),
    addEvidence(undefined, {}, hours, 'ci', 'pipeline', version),
    evaluateIt({ version, hours }),
    moveTo('eval-accepted', { name: 'ci', role: 'pipeline', hours }, {}, version),
    exportIt({}, hours, version),
    moveTo('artifact-exported', { name: 'ci', role: 'pipeline', hours }, {}, version),
    decision('approve', 'operator-signoff', 'kim', hours, {}, 'operator', version),
    moveTo('customer-deployed', { name: 'kim', role: 'operator', hours }, {}, version),
  );
}

/** And on to production. */
export function validated(tree: TreeFolder, version: string, hours: number): TreeFolder {
  return done(
    tree,
    decision('approve', 'domain-validation', 'dana', hours, {}, 'domain-expert', version),
    decision('approve', 'governance-approval', 'gus', hours, {}, 'governance-approver', version),
    moveTo('production-validated', { name: 'gus', role: 'governance-approver', hours }, {}, version),
  );
}
