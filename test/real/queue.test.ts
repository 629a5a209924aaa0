import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acting } from './support/acting.ts';
import { lacking, modelsmith, succeed, type Where } from './support/command.ts';
import { playDemo, type Demo } from './support/demo.ts';
import { openPane } from './support/screen.ts';

const IT = 'claims-triage@1.0.0';

/** The story of the demonstration, at moments at which somebody has something to do. */
describe('the queue', () => {
  let demo: Demo;
  let clones = 0;
  beforeAll(() => {
    demo = playDemo();
  });
  afterAll(() => demo.box.dispose());

  function cloneAt(start: string): Where {
    const cwd = join(demo.box.root, `clone${clones++}`);
    demo.box.git(demo.box.root, ['clone', '-q', demo.evidence, cwd]);
    demo.box.git(cwd, ['reset', '-q', '--hard', demo.commit(start)]);
    return { ...demo.where, cwd };
  }
  const withKey = ({ env, cwd }: Where, id: string): Where => ({
    env: { ...env, MODELSMITH_KEY_FILE: demo.key(id) },
    cwd,
  });

  it('says who signs and what he types, in 80 columns, and to programs in the shape that is documented', () => {
    const where = cloneAt('Submit ');
    const text = succeed(where, ['queue']);
    expect(text).toContain(`${IT}, operator-signoff: has 0 of 1 (operator or team-lead)`);
    expect(text).toContain(`omar (operator): modelsmith approve ${IT}`);
    for (const line of text.split('\n'))
      if (!line.includes('modelsmith ')) expect(line.length, line).toBeLessThanOrEqual(80);

    const json = JSON.parse(succeed(where, ['queue', '--json', '--line', 'claims-*'])) as object;
    expect(json).toMatchObject({
      schema: 'modelsmith/out/queue/v1',
      answer: 'yes',
      asked: { principal: null, role: null, line: 'claims-*' },
      approvals: [{ iteration: IT, people: [{ principal: 'omar' }] }],
    });
    const schema = readFileSync(new URL('../../schemas/out-queue.v1.json', import.meta.url), 'utf8');
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
      JSON.parse(schema) as object,
    );
    expect(validate(json), JSON.stringify(validate.errors)).toBe(true);
  });

  it('knows whose key is here, believes a name without one, and keeps to a role', () => {
    const where = cloneAt('Submit ');
    expect(succeed(withKey(where, 'omar'), ['queue', '--mine'])).toContain('for omar: 1 waiting');
    expect(succeed(withKey(where, 'gus'), ['queue', '--mine'])).toContain('nothing waits for gus; next:');
    expect(succeed(where, ['queue', '--as', 'omar'])).toContain(IT);
    expect(succeed(where, ['queue', '--role', 'domain-expert'])).toContain('nothing waits for anybody in');
    expect(modelsmith(where, ['queue', '--as', 'nobody']).code).toBe(66);
    expect(modelsmith(where, ['queue', '--role', 'king']).code).toBe(64);
    expect(modelsmith(where, ['queue', '--line', '*-claims']).code).toBe(64);
  });

  it('has read again what came in while somebody read, and signs that', async () => {
    const where = withKey(cloneAt('Submit '), 'omar');
    const review = async (inBetween: () => Promise<void>) => {
      const answer = async (question: string): Promise<string | undefined> => {
        if (!question.startsWith('what do you decide?')) return undefined;
        await inBetween();
        return 'approve';
      };
      const done = await acting(where, ['review', IT, '--push', 'off'], { answer });
      return { ...done, read: done.stderr.split('Rollback procedure').length - 1 };
    };
    const moved = await review(async () => {
      const words = ['comment', IT, '--message', 'The card is wrong.', '--push', 'off'];
      const said = await acting(withKey(where, 'gus'), words);
      expect(said.code, said.stderr).toBe(0);
    });
    expect(moved.code, moved.stderr).toBe(0);
    expect(moved.stderr).toContain('the branch has moved since you began to read');
    expect(moved.stderr.split('The card is wrong.')).toHaveLength(2);
    demo.box.git(where.cwd, ['reset', '-q', '--hard', demo.commit('Submit ')]);
    const still = await review(() => Promise.resolve());
    expect(still.code, still.stderr).toBe(0);
    expect(still.stderr).not.toContain('the branch has moved');
    expect(moved.read).toBe(2 * still.read);
  });

  it('warns of findings and shows what is in force', () => {
    const { code, stdout, stderr } = modelsmith(demo.where, ['queue', '--branch', 'tampered/skip']);
    expect(code).toBe(3);
    expect(stderr).toContain('not verified');
    expect(stdout).toContain('omar (operator)');
  });

  it('is watched at a terminal only', () => {
    const where = cloneAt('Submit ');
    for (const args of [
      ['queue', '--watch'],
      ['queue', '--watch', '2', '--json'],
    ]) {
      const { code, stdout, stderr } = modelsmith(where, args);
      expect([code, args.includes('--json') ? stdout : stderr]).toEqual([
        64,
        expect.stringContaining('terminal') as string,
      ]);
    }
    expect(modelsmith(where, ['queue', '--watch', 'often']).stderr).toContain('must be seconds');
  });

  describe.skipIf(lacking('tmux'))('at a terminal', () => {
    const still = { NO_COLOR: '1' };

    it('uses the width there is', async () => {
      const where = cloneAt('Approve claims-triage@1.0.0 at operator');
      const pane = openPane(demo.box, { ...where, env: { ...where.env, ...still } }, ['queue'], {
        columns: 200,
      });
      try {
        const shown = await pane.until('governance-approval');
        expect(shown).toContain(`dora (domain-expert): modelsmith approve ${IT}`);
        expect(shown).toContain(`gus (governance-approver): modelsmith approve ${IT}`);
        expect(pane.tmux('capture-pane', '-p', '-e')).not.toContain('\u001b');
      } finally {
        pane.close();
      }
    });

    it('is drawn anew when the branch moves, and ends with Ctrl-C as a yes', async () => {
      const where = cloneAt('Submit ');
      const pane = openPane(demo.box, where, ['queue', '--watch', '1']);
      try {
        const before = await pane.until(`omar (operator): modelsmith approve ${IT}`);
        expect(before).toMatch(/^watching refs\/heads\/main at [0-9a-f]{12}, .*; Ctrl-C ends/);
        const { code, stderr } = await acting(withKey(where, 'omar'), ['approve', IT, '--push', 'off']);
        expect(code, stderr).toBe(0);
        const after = await pane.until('domain-validation');
        expect(after).not.toContain('operator-signoff');
        expect(pane.exit()).toBeNull();
        pane.tmux('send-keys', 'C-c');
        await expect.poll(() => pane.exit(), { timeout: 30_000 }).toBe(0);
      } finally {
        pane.close();
      }
    });

    it('shows the most urgent where there is no room for all, and says how much is left out', async () => {
      const where = cloneAt('Approve claims-triage@1.0.0 at operator');
      const pane = openPane(demo.box, where, ['queue', '--watch'], { rows: 10 });
      try {
        const shown = await pane.until(/and \d+ more lines: modelsmith queue/);
        expect(shown).toMatch(/^watching /);
        expect(shown).toContain('domain-validation');
        expect(shown).not.toContain('gus');
      } finally {
        pane.close();
      }
    });
  });
});
