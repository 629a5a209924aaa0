import { describe, expect, test } from 'vitest';
import { changeDocument } from '../../../src/domain/change.ts';
import { seal } from '../../../src/domain/document.ts';
import {
  Incident,
  incidentDocument,
  SecondedIncident,
  secondedIncidentDocument,
} from '../../../src/domain/incident.ts';
import {
  fileAt,
  filesUnder,
  withFile,
  withFolder,
  withoutFile,
  type TreeFolder,
} from '../../../src/domain/tree.ts';
import { changesOf } from '../../../src/machine/changes.ts';
import { entryIdsIn } from '../../../src/machine/entries-in.ts';
import { incidentsIn, secondOf } from '../../../src/machine/incidents.ts';
import { movedRoots } from '../../../src/machine/moved-roots.ts';
import { baselinesOf, bundleOf, linesOf, lockedBaseline, lockedRubric } from '../../../src/machine/world.ts';
import { addBaseline } from '../support/acts.ts';
import { caseIn, key, proposeOther, putInForce, say, teamTree } from '../support/changes.ts';
import { encode, LINE, lawTree } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, done, header, iterationOf } from '../support/world.ts';

const ID = 'f'.repeat(64);
const line = iterationOf().line;
const root = proposeOther({ kind: 'root', root: { commit: 'c'.repeat(40), signer: key('mia') }, tree: ID });
const proposed = done(teamTree(), root);
const moved = done(
  proposed,
  say('ana', 'model-owner'),
  say('otto', 'security-owner'),
  say('otto', 'policy-approver'),
  putInForce('otto', 'policy-approver'),
);
const withChanges = (tree: TreeFolder, of: TreeFolder): TreeFolder =>
  withFolder(tree, 'changes', of.children.get('changes') as TreeFolder);

describe('the entries of a tree', () => {
  /** Every id that stands in a file of its own line. */
  const written = (tree: TreeFolder): readonly string[] => {
    const texts = filesUnder(tree, '').map(([, { bytes }]) => new TextDecoder().decode(bytes));
    const ids = texts.flatMap((text) => [...text.matchAll(/^ *"id": "([0-9a-f]{64})"/gm)]);
    return [...new Set(ids.map(([, id]) => id ?? ''))].sort();
  };

  test.each<[string, TreeFolder]>([
    ['a law', lawTree()],
    ['a candidate', treeAt('candidate')],
    ['a model in production, and a move of the root', withChanges(treeAt('production-validated'), moved)],
    ['a proposal', proposed],
  ])('are all that are written: %s', (_what, tree) => {
    expect([...entryIdsIn(tree)].sort()).toEqual(written(tree));
  });

  test('are none in folders that hold something else', () => {
    const tree = treeAt('candidate');
    const stray = [
      `promotions/${LINE}/9.0.0/attachments/x.txt`,
      `baselines/${LINE}/${ID}/raw/x.json`,
      `changes/${ID}/approvals/x.json`,
      'promotions/README.md',
    ].reduce((of, path) => withFile(of, path, encode('{}')), tree);
    expect(entryIdsIn(stray)).toEqual(entryIdsIn(tree));
    expect(linesOf(stray)).toEqual([LINE]);
    expect(changesOf(stray)).toEqual([]);
  });

  test('are read by time, and by id where the time is the same', () => {
    const models = ['org/c', 'org/a', 'org/b', 'org/d'];
    const tree = done(
      lawTree(),
      ...models.map((model) => addBaseline({ model }, 1)),
      addBaseline({ model: 'org/e' }, 0.5),
    );
    const [first, ...others] = baselinesOf(tree, line);
    expect(first?.model).toBe('org/e');
    const ids = others.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort());
    expect(ids).toHaveLength(4);
  });
});

describe('what an iteration relies on', () => {
  const tree = treeAt('candidate');
  const { lock } = bundleAt(tree);
  const folder = `baselines/${LINE}/${lock.baseline.id}`;

  test('is there in every tree that was judged', () => {
    expect(lockedBaseline(tree, bundleAt(tree)).baseline.id).toBe(lock.baseline.id);
    expect(lockedRubric(bundleAt(tree)).name).toBe('claims');
  });

  test.each([
    ['lock', `locks/${LINE}/${lock.id}.json`],
    ['baseline', `${folder}/baseline.json`],
    ['baseline', `${folder}/report.json`],
    ['rubric', `promotions/${LINE}/1.0.0/rubric.json`],
  ])('without its %s nothing can be told', (what, path) => {
    const broken = withoutFile(tree, path);
    expect(() => {
      const bundle = bundleAt(broken);
      lockedBaseline(broken, bundle);
      lockedRubric(bundle);
    }).toThrow(`triage@1.0.0 relies on a ${what} that is not there`);
  });

  test('no iteration is a file', () => {
    expect(bundleOf(withFile(lawTree(), `promotions/${LINE}/1.0.0`, encode('x')), iterationOf())).toBeNull();
  });
});

describe('repairs', () => {
  const by = { name: 'mia', role: 'policy-approver', hours: 5 } as const;
  const incident = seal(Incident, {
    schema: 'modelsmith/incident/v1',
    ...header('repair', by, []),
    ...{ base: ['a'.repeat(40)], setAside: [], stands: [], lost: [], reason: 'a bad push' },
  } as never);
  const seconded = seal(SecondedIncident, {
    schema: 'modelsmith/incident-seconded/v1',
    ...header('second', { ...by, name: 'otto' as never }, [incident.id]),
    ...{ incident: incident.id, reason: 'so it was' },
  } as never);
  const one = withFile(lawTree(), `incidents/${incident.id}.json`, encode(incidentDocument.print(incident)));
  const two = withFile(
    one,
    `incidents/${incident.id}.seconded.json`,
    encode(secondedIncidentDocument.print(seconded)),
  );

  test('are told, each once, and the second person’s word with it', () => {
    expect(incidentsIn(lawTree())).toEqual([]);
    expect(incidentsIn(two)).toEqual([incident]);
    expect(secondOf(one, incident)).toBeNull();
    expect(secondOf(two, incident)).toEqual(seconded);
  });
});

describe('moved roots', () => {
  const folder = `changes/${caseIn(moved).change.id}`;

  test('are those of applied changes', () => {
    expect(movedRoots(moved).map(({ root: { commit } }) => commit)).toEqual(['c'.repeat(40)]);
    expect(movedRoots(proposed)).toEqual([]);
    expect(movedRoots(teamTree())).toEqual([]);
  });

  test.each([
    ['the change', withFile(moved, `${folder}/change.json`, encode('{}'))],
    ['its application', withFile(moved, `${folder}/applied.json`, encode('{}'))],
    ['a change that is gone', withoutFile(moved, `${folder}/change.json`)],
  ])('what cannot be read says nothing: %s', (_what, tree) => {
    expect(movedRoots(tree)).toEqual([]);
  });

  test('a change of another kind moves none', () => {
    const lift = proposeOther({ kind: 'lift', override: ID });
    const { act } = lift(teamTree());
    if (act.kind !== 'propose') throw new Error('that is no proposal');
    const applied = fileAt(moved, `${folder}/applied.json`)?.bytes ?? encode('');
    const other = `changes/${act.change.id}`;
    const tree = withFile(
      withFile(teamTree(), `${other}/change.json`, encode(changeDocument.print(act.change))),
      `${other}/applied.json`,
      applied,
    );
    expect(movedRoots(tree)).toEqual([]);
  });
});
