import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeShown, shellWord } from '../../../src/commands/shared/terminal/escape.ts';
import { explain } from '../../../src/commands/shared/explaining/explain.ts';
import { VERBS } from '../../../src/commands/verbs.ts';
import {
  ADDRESSED_VERBS,
  nextSteps,
  reasonsJson,
  refusalText,
} from '../../../src/commands/shared/explaining/refusal.ts';
import { sample, SAMPLES } from './explain-samples.ts';

describe('sentences that depend on the facts', () => {
  test.each([
    ['nobody can sign', sample('GATE_PENDING', { canSign: [] }), 'nobody enrolled can sign'],
    ['changes requested', sample('GATE_OBJECTED', { act: 'request-changes' }), 'changes requested by lee'],
    ['no run yet', sample('CRITERIA_NOT_MET', { shortfalls: [] }), 'takes complete runs'],
    ['not exported', sample('CRITERIA_NOT_MET', { shortfalls: ['NOT_EXPORTED'] }), 'has not been exported'],
    ['unknown shortfall', sample('CRITERIA_NOT_MET', { shortfalls: ['NEW'] }), 'NEW'],
    ['unknown fault', sample('EVAL_UNSCORABLE', { fault: 'constructor', facts: [] }), 'cannot be scored'],
    [
      'unknown signature fault',
      sample('SIGNATURE_REFUSED', { fault: 'X', detail: '' }),
      'X: the signature is refused',
    ],
    ['evidence without a line', sample('EVIDENCE_UNSOUND', { path: 'a.md' }), 'a.md:4 still'],
    ['a passed run', sample('EVAL_ALREADY_DECIDED', { verdict: 'pass' }), 'have decided: pass'],
    ['only something missing', sample('RELIED_ON_FALSE', { extra: [] }), 'does not list aaaaaaaaaaaa…'],
    ['only something extra', sample('RELIED_ON_FALSE', { missing: [] }), 'lists bbbbbbbbbbbb…'],
    [
      'many paths',
      sample('UNEXPLAINED_CHANGE', { paths: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'] }),
      'a, b, c, d, e, f and 3 more',
    ],
    ['no path', sample('UNEXPLAINED_CHANGE', { paths: [] }), 'none'],
    ['a place without line', sample('DOCUMENT_UNSOUND', { place: { file: 'a.json' } }), 'a.json is not JSON'],
  ] as const)('%s', (_what, reason, part) => {
    expect(explain(reason).sentence).toContain(part);
  });

  test('a gate of one role names the role in the command', () => {
    const pending = sample('GATE_PENDING', {
      gate: 'domain-validation',
      roles: ['domain-expert'],
      canSign: ['kim'],
    });
    expect(explain(pending).remedy).toBe('kim can run: modelsmith approve <iteration> --role domain-expert');
  });

  test('what an act of its own writes is not offered to `evidence add`', () => {
    expect(explain(sample('EVIDENCE_MISSING', { path: 'eval-transcripts/' })).remedy).toBe(
      'see which step is missing: modelsmith status <iteration>',
    );
  });
});

describe('escaping', () => {
  test.each([
    ['\u001b[2J', '\\u001b[2J'],
    ['a\nb\r\tc', 'a\\u000ab\\u000d\\u0009c'],
    ['\u202egpj.exe', '\\u202egpj.exe'],
    ['\u200b\ufeff\u00ad', '\\u200b\\ufeff\\u00ad'],
    ['\u009b31m', '\\u009b31m'],
    ['\ud800', '\\ud800'],
    ['\u{e0041}', '\\u{e0041}'],
    ['\u2028', '\\u2028'],
    ['\u3164', '\\u3164'],
    ['Grüße, 日本 – 🎉 → ok', 'Grüße, 日本 – 🎉 → ok'],
  ])('%j is shown as %j', (text, shown) => {
    expect(escapeShown(text)).toBe(shown);
  });

  test('whatever the facts hold, nothing hidden reaches the terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...SAMPLES), (text, { code, facts }) => {
        const poisoned = Object.fromEntries(
          Object.entries(facts).map(([key, value]: [string, unknown]) => [
            key,
            typeof value === 'string' ? text : Array.isArray(value) ? [text] : value,
          ]),
        );
        const shown = refusalText({ headline: text, reasons: [sample(code, poisoned)] });
        expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test('a long fact is cut', () => {
    const { sentence } = explain(sample('GATE_OBJECTED', { reason: 'x'.repeat(5000) }));
    expect(sentence.length).toBeLessThan(500);
    expect(sentence).toContain('… (4600 more characters)');
  });

  test.each(['$(id)', 'a;b', '-rf', 'a b', "a'b", '`id`', 'a\nb', ''])(
    '%j is no word to be typed',
    (text) => {
      expect(shellWord(text, 'file')).toBe('<file>');
    },
  );

  test('a path from a file never becomes a command', () => {
    expect(explain(sample('EVIDENCE_MISSING', { path: 'attachments/$(id)' })).remedy).toBe(
      'modelsmith evidence add <iteration> <file>',
    );
  });
});

describe('the block of a refusal', () => {
  const refusal = {
    headline: 'claims-triage@1.4.0 cannot move artifact-exported → customer-deployed',
    reasons: [
      sample('GATE_PENDING'),
      sample('EVIDENCE_MISSING'),
      sample('EVIDENCE_MISSING'),
      sample('ROLLBACK_MISSING'),
      sample('APPROVAL_STALE'),
    ],
  };

  test('codes stand in a column, and what to do next is said once', () => {
    expect(refusalText(refusal)).toMatchInlineSnapshot(`
      "refused: claims-triage@1.4.0 cannot move artifact-exported → customer-deployed
        GATE_PENDING      operator-signoff: has 0 of 1 (operator, team-lead); kim or
                          lee can sign
        EVIDENCE_MISSING  rollback-procedure.md
        ROLLBACK_MISSING  claims-triage@1.4.0 has served customers and has no sound
                          rollback procedure
        APPROVAL_STALE    operator-signoff approval by kim (2026-03-02) covers an
                          older model-card.md
      next: kim or lee can run: modelsmith promote claims-triage@1.4.0
            modelsmith evidence add claims-triage@1.4.0 rollback-procedure.md
            kim can look again and run: modelsmith approve claims-triage@1.4.0"
    `);
  });

  test('lines are broken between words and commands are not', () => {
    const text = refusalText(refusal, { columns: 60 });
    const [reasons = '', next = ''] = text.split('next: ');
    for (const line of reasons.split('\n').slice(1)) expect(line.length).toBeLessThanOrEqual(60);
    expect(next).toContain('modelsmith evidence add claims-triage@1.4.0 rollback-procedure.md');
  });

  test('only codes are painted', () => {
    const text = refusalText(refusal, { paint: (code) => `<${code}>` });
    expect(text.split('\n')[1]).toMatch(/^ {2}<GATE_PENDING> {6}operator-signoff/);
  });

  test('without an iteration the placeholder stays, with one it is put in', () => {
    const reasons = [sample('EVIDENCE_MISSING')];
    expect(nextSteps({ headline: 'refused', reasons })).toEqual([
      'modelsmith evidence add <iteration> rollback-procedure.md',
    ]);
    expect(nextSteps({ headline: 'refused', reasons, iteration: 'a@1.0.0' })).toEqual([
      'modelsmith evidence add a@1.0.0 rollback-procedure.md',
    ]);
  });

  test('the caller’s commands come first and nothing is said twice', () => {
    const next = ['modelsmith status', 'modelsmith status'];
    expect(nextSteps({ headline: 'x', reasons: [sample('ITERATION_EXISTS')], next })).toEqual([
      'modelsmith status',
      'choose the next version of the line',
    ]);
  });

  test('without anything to do there is no `next`', () => {
    expect(refusalText({ headline: 'x', reasons: [sample('GATE_OTHER_EDGE')] })).not.toContain('next:');
  });

  test('JSON has the facts as they are', () => {
    const reason = sample('PATH_UNKNOWN', { path: '\u001b' });
    expect(reasonsJson([reason])).toEqual([
      { code: 'PATH_UNKNOWN', facts: { path: '\u001b' }, ...explain(reason) },
    ]);
  });
});

describe('the next commands of somebody without a clone', () => {
  const refusal = {
    headline: 'claims-triage@1.4.0 cannot move',
    reasons: [],
    next: ['omar can run: modelsmith approve claims-triage@1.4.0', 'modelsmith status claims-triage@1.4.0'],
  };

  test('name the repository where they take it, and say where the others go', () => {
    expect(nextSteps({ ...refusal, address: 'git@git.example.org:evidence.git' })).toEqual([
      'omar can run: modelsmith approve git@git.example.org:evidence.git claims-triage@1.4.0',
      'modelsmith status claims-triage@1.4.0',
      'what takes no address goes in a clone: git clone git@git.example.org:evidence.git',
    ]);
    expect(nextSteps(refusal)).toEqual(refusal.next);
  });

  test('name it for exactly the verbs that take it', async () => {
    const commands = await Promise.all(VERBS.map((verb) => verb.load()));
    const takes = commands.filter(({ arguments: [first] }) =>
      first?.description.includes('the address of the repository'),
    );
    expect(takes.map(({ name }) => name).sort()).toEqual([...ADDRESSED_VERBS].sort());
  });
});
