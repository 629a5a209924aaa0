import { describe, expect, test } from 'vitest';
import { code, plain } from '../../../src/commands/report/markdown.ts';
import { resultPage } from '../../../src/commands/report/page.ts';
import { addBaseline, WHOLE_MODEL, CHANGE, requestIt } from '../support/acts.ts';
import { encode } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, done, reportBytes, worldOf } from '../support/world.ts';

const SOURCE = { commit: 'c'.repeat(40), root: `${'a'.repeat(40)}:${'F'.repeat(40)}` };
const page = (tree: Parameters<typeof worldOf>[0]) => resultPage(worldOf(tree), bundleAt(tree), SOURCE);
const rival = (values: object, changes: object = {}) => {
  const raw = encode('baseline at 2');
  return addBaseline(
    { comparator: true, model: 'vendor/rival', ...changes },
    2,
    reportBytes({ a: '0.9', b: '0.95', raw, of: 'vendor/rival', ...values }),
  );
};

describe('the page of a result', () => {
  test('tells scores against thresholds and baseline, who signed, and how to make it again', () => {
    const text = page(treeAt('eval-accepted'));
    expect(text).toMatch(/^# triage\\@1\.0\.0/m);
    expect(text).toMatch(/\| core \| 0\.8 \| at least /);
    expect(text).toMatch(/\| `a` \| core \| 0\.8 .*\| 0\.75 .*\| 0\.05 \|/);
    expect(text).toContain('No tracked task regressed.');
    expect(text).toMatch(/\| evaluate \| ci \| pipeline \|/);
    expect(text).toContain(`--root ${SOURCE.root} --branch ${SOURCE.commit}`);
    expect(text).not.toContain('Comparators');
  });
  test('is the same for the same tree', () => {
    const tree = treeAt('eval-accepted');
    expect(page(tree)).toBe(page(tree));
  });
  test('shows comparators beside it, and says where they did not run the same', () => {
    const tree = treeAt('eval-accepted');
    expect(page(done(tree, rival({})))).toMatch(/vendor\/rival[^]*\| `a` \| 0\.8.* \| 0\.9/);
    expect(page(done(tree, rival({ rows: { version: '9' } })))).toMatch(/not comparable: task version/);
    expect(page(treeAt('candidate'))).not.toContain('## Run');
  });
  test('of a whole model says what it is', () => {
    const whole = { artifact: WHOLE_MODEL, change: { ...CHANGE, mutation: 'full-finetune' } };
    const tree = done(treeAt('locked', { line: { mutations: ['full-finetune'] } }), requestIt(whole));
    expect(page(tree)).toContain('safetensors, LlamaForCausalLM, 2 tensors, 1000 parameters, BF16');
  });
});

describe('words of others', () => {
  test.each([
    ['a | b', 'a \\| b'],
    ['[x](http://y)', '\\[x\\]\\(http\\://y\\)'],
    ['<img src=x>', '\\<img src=x\\>'],
    ['see www.example.org or a@b', 'see www\\.example.org or a\\@b'],
    ['two\nlines', 'two lines'],
    ['hidden \u202e', 'hidden \\\\u202e'],
  ])('%j stay words', (text, shown) => expect(plain(text)).toBe(shown));
  test('in code end no code', () => {
    expect(code('a|b')).toBe('`a\\|b`');
    expect(code('a`b')).toBe('a\\`b');
  });
});
