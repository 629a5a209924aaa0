import { describe, expect, test } from 'vitest';
import { jsonLineItems } from '../../../src/adapters/evals/items.ts';
import type { Context } from '../../../src/commands/shared/context.ts';
import type { ReviewGround } from '../../../src/commands/shared/review/ground.ts';
import { reviewSections } from '../../../src/commands/shared/review/sections.ts';
import { staleApproval } from '../../../src/commands/shared/review/since-approval.ts';
import { takeSample } from '../../../src/commands/shared/review/take-sample.ts';
import { browse, transcriptsOf } from '../../../src/commands/shared/review/transcripts.ts';
import { walkSections } from '../../../src/commands/shared/review/walk.ts';
import { nothingSaid } from '../../../src/commands/shared/review/said.ts';
import { reviewAtTerminal } from '../../../src/commands/shared/gates/gate-review.ts';
import type { CommonOptions } from '../../../src/commands/shared/command.ts';
import type { Desk } from '../../../src/commands/shared/opening/write.ts';
import { signPatiently } from '../../../src/commands/shared/gates/sign-patiently.ts';
import { styleOf } from '../../../src/commands/shared/terminal/style.ts';
import { CannotTell } from '../../../src/base/errors.ts';
import type { JudgedItem } from '../../../src/domain/sample.ts';
import { drawSample } from '../../../src/domain/draw-sample.ts';
import { fileAt, filesUnder, withFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { gateRule } from '../../../src/machine/gate-rule.ts';
import {
  addEvidence,
  artifactOf,
  CARD,
  evaluateIt,
  exportIt,
  moveTo,
  requestIt,
  ROLLBACK,
} from '../support/acts.ts';
import { overridden } from '../support/changes.ts';
import { keyOf, type LawChanges } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { actorOf, bundleAt, decision, done, hour, worldOf } from '../support/world.ts';

/** Somebody who gives these answers in turn, and nothing more. */
function person(...answers: readonly string[]) {
  const asked: string[] = [];
  const said: string[] = [];
  const answer = (question: string): string => {
    const given = answers[asked.push(question) - 1];
    if (given === undefined) throw new Error(`nobody answers ${question}`);
    return given;
  };
  const terminal = {
    ...{ interactive: true, columns: 80, rows: 400, color: false },
    say: (text: string) => void said.push(text),
    ask: (question: string) => Promise.resolve(answer(question)),
    confirm: (question: string) => Promise.resolve(answer(question) === 'yes'),
  };
  const random = (bytes: number) => new Uint8Array(bytes).fill(7);
  return {
    ...{ asked, said, terminal: terminal as unknown as Context['terminal'] },
    context: { terminal, random, items: jsonLineItems } as unknown as Context,
    text: () => said.join('\n'),
  };
}

const ground = (tree: TreeFolder, earlier: readonly TreeFolder[] = []): ReviewGround => ({
  ...{ world: worldOf(tree), bundle: bundleAt(tree), at: hour(12), earlier },
  ...{ style: styleOf(false), columns: 80 },
});
const textOf = (tree: TreeFolder, title: string): string =>
  reviewSections(ground(tree))
    .find((section) => section.title === title)
    ?.lines.join('\n') ?? 'no such section';

const LOGGED = ['first', 'second', 'third', 'fourth', 'fifth']
  .map((word) => JSON.stringify({ id: word, input: `the ${word} claim`, output: `goes to ${word}` }))
  .join('\n');

/** At the expert's gate, with five items in the transcripts. */
function deployed(changes: LawChanges = {}): TreeFolder {
  return done(
    treeAt('candidate', changes),
    evaluateIt({ beside: { 'items.jsonl': `${LOGGED}\n` } }),
    moveTo('eval-accepted', { name: 'ci', role: 'pipeline', hours: 6 }),
    exportIt(),
    moveTo('artifact-exported', { name: 'ci', role: 'pipeline', hours: 7 }),
    decision('approve', 'operator-signoff', 'kim', 8),
    moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: 8 }),
  );
}
const sampled = (rule: object): LawChanges => ({ gates: { 'domain-validation': { sample: rule } } });

describe('the parts of a review', () => {
  test('every part fits the terminal and drives nothing in it', () => {
    const hostile = `# Card\n\n\u001b[2Jclaims ${'w'.repeat(200)}\n`;
    const tree = done(
      treeAt('locked'),
      requestIt(),
      addEvidence({ 'model-card.md': hostile, 'rollback-procedure.md': ROLLBACK }),
    );
    const lines = reviewSections(ground(tree)).flatMap((section) => section.lines);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    // eslint-disable-next-line no-control-regex
    expect(lines.filter((line) => /[\u0000-\u001f\u007f]/.test(line))).toEqual([]);
  });

  test('documents are shown to the end', () => {
    const long = `${CARD}${'a line\n'.repeat(300)}the very last line\n`;
    const tree = done(
      treeAt('locked'),
      requestIt(),
      addEvidence({ 'model-card.md': long, 'rollback-procedure.md': ROLLBACK }),
    );
    expect(textOf(tree, 'Model card')).toContain('the very last line');
  });

  test('of what is too long for the screen the number of lines that are left is told', () => {
    const long = `${CARD}${'a line of words\n'.repeat(20_000)}`;
    const tree = done(
      treeAt('locked'),
      requestIt(),
      addEvidence({ 'model-card.md': long, 'rollback-procedure.md': ROLLBACK }),
    );
    const text = textOf(tree, 'Model card');
    const shown = text.split('\n').filter((line) => line.startsWith('  |')).length;
    const [, left = ''] = /… (\d+) more lines; read the file/.exec(text) ?? [];
    expect(shown + Number(left)).toBe(long.trimEnd().split('\n').length);
    expect(Number(left)).toBeGreaterThan(1000);
  });

  test('a task that fell is named with what is allowed', () => {
    const tree = done(treeAt('candidate'), evaluateIt({ a: '0.5' }));
    expect(textOf(tree, 'Regressions by task')).toMatch(/0\.75 +0\.5 .*REGRESSED/);
    expect(textOf(deployed(), 'Regressions by task')).toContain('no task is worse than the baseline');
  });

  test('what else was tried under the same lock is told', () => {
    expect(textOf(deployed(), 'Earlier attempts')).toContain('no other iteration was measured by this lock');
    const first = done(treeAt('candidate'), evaluateIt({ a: '0.5' }));
    const again = done(first, requestIt({ artifact: artifactOf('other weights') }, '1.0.1', 7));
    const second = {
      ...ground(again),
      bundle: bundleAt(again, { line: 'triage', version: '1.0.1' } as never),
    };
    const [, , , attempts] = reviewSections(second);
    expect(attempts?.lines.join('\n')).toContain('triage@1.0.0, requested 2026-03-01, now candidate: fail');
  });
});

describe('going through them', () => {
  const sections = ['one', 'two', 'three'].map((title) => ({ title, lines: [`the lines of ${title}`] }));

  test('Enter goes on, a number goes there, and the end is reached', async () => {
    const visited: string[] = [];
    const reader = person('', '1', 'l', 't', 'x', '3', '');
    const place = { key: 't', title: 'transcripts', go: () => Promise.resolve(void visited.push('t')) };
    await walkSections(reader.terminal, false, sections, [place]);
    expect(reader.said.filter((text) => text.includes(' of 3: ')).map((text) => text.trim())).toEqual([
      '1 of 3: one',
      '2 of 3: two',
      '1 of 3: one',
      '3 of 3: three',
    ]);
    expect(visited).toEqual(['t']);
    expect(reader.text()).toContain('that is none of these');
  });

  test('breaking off is no decision', async () => {
    await expect(walkSections(person('q').terminal, false, sections, [])).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
    });
  });
});

describe('the transcripts', () => {
  const { context } = person();
  const transcripts = transcriptsOf(context, bundleAt(deployed()), 80);

  test('every item of the complete runs is there, by its name', () => {
    expect(transcripts.items.map(({ key }) => key.split('/')[2]).sort()).toEqual(
      ['fifth', 'first', 'fourth', 'second', 'third'].sort(),
    );
  });

  test('they are searched, listed and read', async () => {
    const reader = person('/THIRD', '1', '/nowhere', 'a', 'what', '');
    await browse(reader.terminal, transcripts, styleOf(false), 80);
    expect(reader.text()).toContain('1 of 5 items');
    expect(reader.text()).toContain('goes to third');
    expect(reader.text()).toContain('nothing holds nowhere');
    expect(reader.text()).toContain('that is none of these');
  });
});

describe('a sample', () => {
  const taking = (
    reader: ReturnType<typeof person>,
    rule: object | null = null,
    judged = new Map<string, JudgedItem>(),
  ) => {
    const tree = deployed(rule === null ? {} : sampled(rule));
    const { law } = worldOf(tree);
    const bundle = bundleAt(tree);
    return {
      ...{ context: reader.context, transcripts: transcriptsOf(reader.context, bundle, 80) },
      ...{ rule: gateRule(law, bundle, 'domain-validation'), style: styleOf(false), columns: 80 },
      seed: seed as never,
      standard: 'goes to the right desk',
      judged,
    };
  };
  const seed = '07'.repeat(32);

  test('drawn at random is what the seed draws again', async () => {
    const reader = person('random', '3', 'm', 'n the wrong desk', 's');
    const sample = await takeSample(taking(reader));
    const keys = taking(person()).transcripts.items.map(({ key }) => key);
    const drawn = drawSample(keys, 3, seed as never);
    expect(sample).toMatchObject({ method: 'random', seed, population: 5 });
    expect(sample?.items.map(({ run, task, item }) => `${run}/${task}/${item}`)).toEqual([...drawn].sort());
    const notes = sample?.items.flatMap(({ note }) => note ?? []);
    expect(notes).toEqual(['the wrong desk']);
    expect(sample?.items.map(({ verdict }) => verdict).sort()).toEqual(['met', 'not-judged', 'not-met']);
  });

  test('what was judged before and not signed is not judged again, unless the output is another now', async () => {
    const judged = new Map<string, JudgedItem>();
    const broken = person('random', '3', 'm', 'n the wrong desk', 'q');
    await expect(takeSample(taking(broken, null, judged))).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    expect([...judged.values()].map(({ verdict }) => verdict)).toEqual(['met', 'not-met']);
    const before = new Map(judged);
    const sample = await takeSample(taking(person('random', '3', 'm'), null, judged));
    expect(sample?.items.map(({ verdict }) => verdict).sort()).toEqual(['met', 'met', 'not-met']);
    const [[key, item] = []] = before;
    if (key === undefined || item === undefined) throw new Error('nothing was judged');
    before.set(key, { ...item, sha256: 'ab'.repeat(32) as never });
    const again = person('random', '3', 'n', 'm');
    await takeSample(taking(again, null, before));
    expect(again.asked.filter((question) => question.startsWith('item'))).toHaveLength(2);
  });

  test('one can go back and judge again, and a letter that is none is asked again', async () => {
    const reader = person('random', '2', 'm', 'x', 'b', 'n', 'm');
    const sample = await takeSample(taking(reader));
    expect(sample?.items.map(({ verdict }) => verdict).sort()).toEqual(['met', 'not-met']);
  });

  test('where the policy asks for more, the same seed draws more', async () => {
    const reader = person('random', '1', 'm', 'yes', 'm', 'm');
    const sample = await takeSample(taking(reader, { judged: 3 }));
    expect(sample?.items).toHaveLength(3);
    expect(reader.asked[3]).toContain('2 more judged items');
  });

  test('all items is all of them', async () => {
    const sample = await takeSample(taking(person('all', 'm', 'm', 'm', 'm', 'm')));
    expect(sample).toMatchObject({ method: 'all', population: 5 });
    expect(sample).not.toHaveProperty('seed');
  });

  test('an expert lists items of the transcripts and inputs of his own', async () => {
    const [first] = taking(person()).transcripts.items;
    const reader = person('listed', first?.key ?? '', 'm', 'a call from this morning', 'n rude', '');
    const sample = await takeSample(taking(reader));
    expect(sample?.items).toMatchObject([
      { task: 'own', item: 'a call from this morning', verdict: 'not-met', note: 'rude' },
      { run: 'run-1', verdict: 'met', sha256: first?.sha256 },
    ]);
  });

  test('it may be left out only where the policy asks for none', async () => {
    await expect(takeSample(taking(person('none')))).resolves.toBeNull();
    const reader = person('none', 'none', 'none');
    await expect(takeSample(taking(reader, { judged: 3 }))).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
  });

  test('breaking off leaves nothing', async () => {
    await expect(takeSample(taking(person('random', '2', 'q')))).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
    });
  });
});

/** A tree with a folder of another one instead of its own. */
function withFolderOf(tree: TreeFolder, other: TreeFolder, folder: string): TreeFolder {
  return filesUnder(other, folder).reduce(
    (all, [path, { bytes }]) => withFile(all, `${folder}/${path}`, bytes),
    tree,
  );
}

describe('what changed since an approval', () => {
  const signed = done(
    treeAt('artifact-exported', { gates: { 'operator-signoff': { quorum: 2 } } }),
    decision('approve', 'operator-signoff', 'kim', 8),
  );
  const rule = (tree: TreeFolder) => gateRule(worldOf(tree).law, bundleAt(tree), 'operator-signoff');

  test('nothing where it still counts', () => {
    expect(staleApproval(ground(signed), rule(signed), 'kim')).toBeNull();
    expect(staleApproval(ground(signed), rule(signed), 'lee')).toBeNull();
  });

  test('the lines that went and came, around them what stayed', () => {
    const path = 'promotions/triage/1.0.0/model-card.md';
    const now = withFile(
      signed,
      path,
      new TextEncoder().encode(CARD.replace('Triage of claims.', 'Triage of motor claims.')),
    );
    const stale = staleApproval(ground(now, [signed]), rule(now), 'kim');
    expect(stale?.changed).toEqual(['model-card.md']);
    expect(stale?.lines.map((line) => line.trim())).toEqual(
      expect.arrayContaining(['- Triage of claims.', '+ Triage of motor claims.', '# Model card']),
    );
  });

  test('bytes of before that are nowhere are said so', () => {
    const now = withFile(
      signed,
      'promotions/triage/1.0.0/model-card.md',
      new TextEncoder().encode('# Other\n'),
    );
    const lines = staleApproval(ground(now), rule(now), 'kim')?.lines.join('\n');
    expect(lines).toMatch(/read it whole\n +\| # Other/);
  });

  test('what others decided meanwhile is told', () => {
    const path = 'promotions/triage/1.0.0/model-card.md';
    const objected = done(signed, decision('reject', 'operator-signoff', 'lee', 9));
    const now = withFile(objected, path, new TextEncoder().encode(`${CARD}\nMore.\n`));
    expect(staleApproval(ground(now, [signed]), rule(now), 'kim')?.lines.join('\n')).toContain(
      'reject by lee',
    );
  });

  test('where another thing is judged, everything is to be read', () => {
    const path = 'promotions/triage/1.0.0/promotion-record.json';
    const record = fileAt(signed, path);
    const other = new TextDecoder().decode(record?.bytes).replaceAll('more claims', 'other claims');
    const now = withFile(signed, path, new TextEncoder().encode(other));
    expect(bundleAt(now).record.request.change.summary).toBe('other claims');
    expect(staleApproval(ground(now), rule(now), 'kim')).toBeNull();
  });

  test('a file in which everything differs is not compared line by line', () => {
    const lines = (word: string) =>
      new TextEncoder().encode(
        CARD + Array.from({ length: 30_000 }, (_none, at) => `${word} ${at}\n`).join(''),
      );
    const path = 'promotions/triage/1.0.0/model-card.md';
    const before = done(
      withFile(
        treeAt('artifact-exported', { gates: { 'operator-signoff': { quorum: 2 } } }),
        path,
        lines('old'),
      ),
      decision('approve', 'operator-signoff', 'kim', 8),
    );
    const now = withFile(before, path, lines('new'));
    const started = performance.now();
    expect(staleApproval(ground(now, [before]), rule(now), 'kim')?.lines.join('\n')).toContain(
      'read it whole',
    );
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test('of the rule everything that is otherwise now, with what it was', () => {
    const lawWith = (gates: object, separation: object): TreeFolder =>
      done(
        treeAt('artifact-exported', { gates: { 'operator-signoff': gates }, separation }),
        decision('approve', 'operator-signoff', 'kim', 8),
      );
    const before = lawWith({ quorum: 2 }, {});
    const now = withFolderOf(
      before,
      lawWith({ quorum: 1 }, { requesterBarredFrom: ['governance-approval', 'operator-signoff'] }),
      'policy',
    );
    const text = staleApproval(ground(now, [before]), rule(now), 'kim')
      ?.lines.join('\n')
      .replace(/\s+/g, ' ');
    expect(text).toContain(
      'it takes: 1 person in operator or team-lead (before: 2 people in operator or team-lead)',
    );
    expect(text).toContain('the requester: does not count (before: counts like others)');
    expect(text).toContain('sample: none is asked for');
    expect(staleApproval(ground(now), rule(now), 'kim')?.lines.join('\n')).not.toContain('before:');
  });

  test('a sample that is asked for now is said, and from whom it must be others', () => {
    const waived = { separation: { productionGates: 'same-person', reason: 'small team' } };
    const before = done(deployed(waived), decision('approve', 'domain-validation', 'dana', 10));
    const law = deployed(sampled({ judged: 3, met: '0.9', methods: ['random'] }));
    const now = withFolderOf(before, law, 'policy');
    const expertRule = gateRule(worldOf(now).law, bundleAt(now), 'domain-validation');
    const lines = staleApproval(ground(now, [before]), expertRule, 'dana')
      ?.lines.join('\n')
      .replace(/\s+/g, ' ');
    expect(lines).toContain(
      'sample: 3 judged items, a share of 0.9 of which meets the standard, chosen by random (before: none is asked for)',
    );
    expect(lines).toContain('must be others than at: governance-approval (before: no other gate)');
  });

  test('at several gates each has its own, and each is recorded with its own', async () => {
    const waived = {
      separation: { productionGates: 'same-person', requesterBarredFrom: [], reason: 'a team of one' },
    };
    const before = done(
      deployed(waived),
      decision('approve', 'domain-validation', 'kim', 10),
      decision('approve', 'governance-approval', 'kim', 10),
    );
    const folder = 'promotions/triage/1.0.0';
    const attached = withFile(
      before,
      `${folder}/attachments/notes.md`,
      new TextEncoder().encode('# Notes\n'),
    );
    const now = withFile(attached, `${folder}/model-card.md`, new TextEncoder().encode(`${CARD}\nMore.\n`));
    const world = worldOf(now);
    const bundle = bundleAt(now);
    const rules = (['domain-validation', 'governance-approval'] as const).map((gate) =>
      gateRule(world.law, bundle, gate),
    );
    const reader = person('d', 'none', 'yes', '99999999');
    const actor = actorOf(now, 'kim', 12);
    const desk = {
      ...{ context: reader.context, actor, now: hour(12), who: { principal: actor.principal } },
      workspace: { world, valid: { clock: hour(12) }, verification: { commits: [{ tree: before }] } },
    } as unknown as Desk;
    const reviewed = await reviewAtTerminal(desk, { plain: true } as CommonOptions, bundle, rules, {
      ...{ act: 'approve', closed: [], isRead: false, answers: [], said: nothingSaid() },
    });
    expect(reviewed.reasons?.get('domain-validation')).toContain('(attachments/notes.md)');
    expect(reviewed.reasons?.get('governance-approval')).toContain('(attachments/notes.md, model-card.md)');
    expect(reader.text()).toContain('What changed since your approval at domain-validation');
    expect(reader.text()).toContain('What changed since your approval at governance-approval');
  });

  test('an approval made with a stolen key is none to go on from', () => {
    const now = withFile(
      signed,
      'promotions/triage/1.0.0/model-card.md',
      new TextEncoder().encode('# Other\n'),
    );
    const theft = { act: 'revoke-signer', keys: [keyOf('kim')], as: 'compromised' };
    expect(staleApproval(ground(now), rule(now), 'kim')).not.toBeNull();
    expect(staleApproval(ground(overridden(now, theft)), rule(now), 'kim')).toBeNull();
  });
});

describe('signing', () => {
  const wrong = new CannotTell('NOT_PERMITTED', 'the passphrase or PIN was wrong');

  test('a wrong passphrase loses nothing that was said', async () => {
    let tries = 0;
    const reader = person('yes');
    const sign = () => (tries++ === 0 ? Promise.reject(wrong) : Promise.resolve('signed'));
    await expect(signPatiently(reader.context, sign)).resolves.toBe('signed');
    expect(reader.text()).toContain('the passphrase or PIN was wrong');
  });

  test('who does not want to try again is not asked to', async () => {
    await expect(signPatiently(person('no').context, () => Promise.reject(wrong))).rejects.toBe(wrong);
    const other = new CannotTell('RACE_LOST', 'the branch moved');
    await expect(signPatiently(person().context, () => Promise.reject(other))).rejects.toBe(other);
  });
});
