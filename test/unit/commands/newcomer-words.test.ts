import { describe, expect, test } from 'vitest';
import { CannotTell } from '../../../src/base/errors.ts';
import { queueRows } from '../../../src/commands/queue/rows.ts';
import { queueText } from '../../../src/commands/queue/text.ts';
import { endsFor } from '../../../src/commands/review/ends.ts';
import { newKeyLines } from '../../../src/commands/shared/changes/new-key-lines.ts';
import { detailJson, detailText } from '../../../src/commands/status/detail.ts';
import { recallSaid } from '../../../src/commands/shared/review/said.ts';
import type { Desk } from '../../../src/commands/shared/opening/write.ts';
import type { IterationId, PrincipalName } from '../../../src/domain/names.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { caseIn, grants, policyFiles, propose, proposeOther, TEAM, teamTree } from '../support/changes.ts';
import { treeAt } from '../support/stages.ts';
import { actorOf, bundleAt, decision, done, hour, worldOf } from '../support/world.ts';

/** What somebody is told who does this for the first time. */

describe('a queue in which nothing waits', () => {
  const view = { columns: 80, color: false };
  const nobody = { principal: 'eva' as PrincipalName, role: null, line: null };
  const shown = (tree: TreeFolder, isShared: boolean) => {
    const rows = queueRows(worldOf(tree), new Map(), hour(12));
    return queueText(rows, nobody, hour(12), view, isShared).join(' ');
  };

  test('says how to get what others have pushed since, where others have copies', () => {
    expect(shown(treeAt('law'), true)).toContain('comes with modelsmith sync');
    expect(shown(treeAt('law'), false)).not.toContain('modelsmith sync');
    expect(shown(treeAt('artifact-exported'), true)).not.toContain('modelsmith sync');
  });
});

describe('where several owners have seats at one gate, and some roles nobody holds', () => {
  const tree = treeAt('artifact-exported', {
    policy: { risk: { checks: [{ name: 'malware-scan' }] } },
  });
  const view = { columns: 80, color: false };

  test('the queue names each seat, and says where nobody can take it', () => {
    const everything = { principal: null, role: null, line: null };
    const rows = queueRows(worldOf(tree), new Map(), hour(12));
    const shown = queueText(rows, everything, hour(12), view);
    expect(shown.join('\n')).toContain(
      [
        '  then operator-signoff, has 0 of 1: kim or lee',
        '  then data-owner, has 0 of 1: nobody can sign there',
      ].join('\n'),
    );
    expect(shown.join('\n')).toContain('modelsmith status triage@1.0.0');
  });

  test('status says what names somebody', () => {
    const detail = detailJson(worldOf(tree), bundleAt(tree), hour(12), new Set());
    expect(detailText(bundleAt(tree), detail, view).join('\n')).toContain(
      [
        '  nobody left who can sign here; to name somebody:',
        '    modelsmith signer grant <id> --role data-owner --reason <text>',
      ].join('\n'),
    );
  });
});

test('the queue says to whoever runs several checks what to type for each', () => {
  const tree = treeAt('artifact-exported', {
    policy: { risk: { checks: [{ name: 'malware-scan' }, { name: 'red-team' }] } },
    bot: ['checker:malware-scan', 'checker:red-team'],
  });
  const { blocked } = queueRows(worldOf(tree), new Map(), hour(12));
  expect(
    blocked.flatMap(({ people }) => people.map(({ principal, command }) => [principal, command])),
  ).toEqual([
    ['bot', 'modelsmith check add triage@1.0.0 <file> --name malware-scan'],
    ['bot', 'modelsmith check add triage@1.0.0 <file> --name red-team'],
  ]);
});

describe('the end of a review offers', () => {
  const ends = (tree: TreeFolder, id: string | null) =>
    endsFor(worldOf(tree), bundleAt(tree), id as PrincipalName | null, hour(12));
  const exported = treeAt('artifact-exported');

  test('an approval to those whom something waits for', () => {
    expect(ends(exported, 'kim')).toEqual(['approve', 'reject', 'request-changes', 'nothing']);
    expect(ends(exported, 'dan')).toEqual(['reject', 'request-changes', 'nothing']);
    expect(ends(treeAt('signedOff'), 'kim')).not.toContain('approve');
  });

  test('an approval to those who can settle what stands against a step', () => {
    const contested = done(treeAt('customer-deployed'), decision('reject', 'operator-signoff', 'lee', 9));
    expect(ends(contested, 'lee')).toContain('approve');
    expect(ends(contested, 'kim')).toContain('approve');
    expect(ends(contested, 'eva')).not.toContain('approve');
  });

  test('no decision to somebody of whom no key is here', () => {
    expect(ends(exported, null)).toEqual(['nothing']);
  });
});

describe('who approves that somebody is enrolled', () => {
  const lines = (tree: TreeFolder) => newKeyLines(tree, caseIn(tree).change);

  test('is told again to compare the fingerprint with that person', () => {
    const people = { ...TEAM, zoe: { roles: grants(['operator']) } };
    const tree = done(teamTree(), propose(policyFiles({ people, version: 2 })));
    expect(lines(tree)).toEqual([
      'compare with zoe, by phone or in person, before you approve:',
      expect.stringMatching(/^ {2}(?:[0-9A-F]{4} {1,2}){9}[0-9A-F]{4}$/),
    ]);
  });

  test('is told nothing of the kind where no key comes in', () => {
    const people = { ...TEAM, eli: ['evaluation-owner', 'software-owner', 'data-owner'] };
    expect(lines(done(teamTree(), propose(policyFiles({ people, version: 2 }))))).toEqual([]);
    const root = {
      kind: 'root',
      root: { commit: 'a'.repeat(40), signer: 'A'.repeat(40) },
      tree: 'b'.repeat(64),
    };
    expect(lines(done(teamTree(), proposeOther(root)))).toEqual([]);
  });
});

describe('what was said in an earlier review and cannot be read', () => {
  const recalled = async (load: () => Promise<string | null>) => {
    const said: string[] = [];
    const tree = treeAt('artifact-exported');
    const terminal = { columns: 200, say: (text: string) => void said.push(text) };
    const actor = actorOf(tree, 'kim', 12);
    const desk = {
      context: { drafts: { load }, terminal },
      workspace: { world: worldOf(tree) },
      who: { principal: actor.principal },
    } as unknown as Desk;
    const found = await recallSaid(desk, { iteration: 'triage@1.0.0' as IterationId, act: 'approve' });
    return { said: said.join('\n').replaceAll('\n', ' '), found };
  };

  test('is told in a sentence of its own, and the review goes on without it', async () => {
    const { said, found } = await recalled(() => Promise.resolve('{"schema": "modelsm'));
    expect(said).toBe(
      'What you said in an earlier review and did not sign cannot be read: it is not what was written there. Nothing of it is offered.',
    );
    expect(found).toMatchObject({ reason: null });
    expect((await recalled(() => Promise.resolve('{}'))).said).toContain('it is not what was written there');
    const large = new CannotTell('BAD_DATA', 'x', {
      facts: ['it is too large'],
      place: { file: '/tmp/a.json' },
    });
    expect((await recalled(() => Promise.reject(large))).said).toContain(
      'cannot be read in /tmp/a.json: it is too large.',
    );
    expect((await recalled(() => Promise.reject(new CannotTell('NOT_PERMITTED', 'x')))).said).toContain(
      'somebody else may have written there',
    );
    await expect(recalled(() => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
  });

  test('is no matter where there is nothing', async () => {
    expect((await recalled(() => Promise.resolve(null))).said).toBe('');
  });
});
