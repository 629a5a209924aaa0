import { describe, expect, it } from 'vitest';
import { openpgpVerifier } from '../../../src/adapters/openpgp/verify.ts';
import { CommitFacts } from '../../../src/evidence/commit-facts.ts';
import { inForceAt } from '../../../src/judge/in-force.ts';
import type { JudgedParent } from '../../../src/judge/judgement.ts';
import type { ObjectReader } from '../../../src/ports/objects.ts';
import { lawTree } from '../support/law-files.ts';
import { Store } from './support/store.ts';

const ID = 'a'.repeat(40);
const X = Buffer.from('x');

describe('what is wrong at a guarded path', () => {
  const [guarding, free] = [lawTree({ policy: { guarded: ['ci'] } }), lawTree()];
  const parentBy = (tree: typeof free): JudgedParent => ({
    ...{ id: ID, tree, guarded: new Map(), void: false, clock: 0 },
    force: inForceAt(ID, tree, new Map(), 0),
  });

  it.each([
    ['is told where the law guards it', guarding, ['OBJECT_CORRUPT']],
    ['is nothing where it did once, whoever has seen that', free, []],
  ])('%s', async (_what, law, codes) => {
    const store = new Store();
    const [before, after, broken] = [store.tree({}), store.tree({ ci: 'x' }), store.put('blob', X)];
    const objects: ObjectReader = {
      read: (id) => (id === broken ? Promise.resolve({ id, type: 'corrupt' }) : store.read(id)),
      measure: (id) => store.measure(id),
      close: () => store.close(),
    };
    const facts = new CommitFacts(objects, openpgpVerifier(), 'sha1');
    const commit = {
      parents: [ID],
      signature: null,
      payload: new Uint8Array(),
      extraHeaders: [],
      message: '',
    };
    const read = { id: ID, commit: null, fault: null, parents: [], tree: before };
    await facts.guardedOf({ id: ID, parents: [], read }, guarding);
    const { structure } = await facts.gather('b'.repeat(40), { ...commit, tree: after }, [parentBy(law)]);
    expect(structure.map(({ code }) => code)).toEqual(codes);
  });
});
