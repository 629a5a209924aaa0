import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { reason, type Reason } from '../../../src/domain/reason.ts';
import { REASON_CODES } from '../../../src/commands/shared/explaining/explain.ts';
import { VerifyOutput } from '../../../src/commands/shared/views/verify-output.ts';
import { findingOut } from '../../../src/commands/verify/findings.ts';
import { FORMATS, formatted, type Format } from '../../../src/commands/verify/formats.ts';

const COMMIT = 'c'.repeat(40);
const TIP = 'd'.repeat(40);
const RECORD = 'promotions/claims-triage/1.0.0/record.json';
/** Ends a command, an element, a line, a title; drives a terminal; hides what follows. */
const HOSTILE = `a\u001b[2J\r\n::error::x ##[add-mask]y%0A,:<b a="1">]]>&amp;'\u0085\u202e\u2028\ud800\ufffe\u0000`;

function outputWith(reasons: readonly Reason[], more: Partial<VerifyOutput> = {}): VerifyOutput {
  const signer = 'ana';
  return VerifyOutput.parse({
    schema: 'modelsmith/out/verify/v1',
    answer: reasons.length === 0 ? 'yes' : 'no',
    demonstration: false,
    repository: 'r-1',
    root: `${COMMIT}:${'A'.repeat(40)}`,
    tip: TIP,
    range: null,
    counts: { commits: 3, governed: 2, signatures: 2, iterations: 1, retired: 0 },
    judgedBefore: null,
    findings: reasons.map((why) => findingOut({ commit: COMMIT, reason: why, signer })),
    findingsOutsideRange: 0,
    contentChecked: null,
    contentClosed: null,
    notices: [],
    remembered: null,
    incidents: [],
    overrides: [],
    notObeyed: [],
    heldAliases: [],
    exceptionReviews: [],
    drills: [],
    pinned: false,
    separationWaived: null,
    shown: null,
    standing: [],
    ...more,
  });
}

const BEFORE = 'b'.repeat(40);
const REMEMBERED = {
  branch: 'main',
  expected: [BEFORE],
  descends: true,
  rewindAccepted: false,
  next: TIP,
} as const satisfies VerifyOutput['remembered'];

const altered = (...paths: [string, ...string[]]): Reason => reason('UNEXPLAINED_CHANGE', { paths });
const broken = (message: string): Reason => reason('COMMIT_MALFORMED', { message });
const print = (format: Format, output: VerifyOutput): string =>
  formatted(format, output, { columns: 80, color: false }, '1.2.3');

// What SARIF 2.1.0 (sections 3.13 to 3.58) demands of the objects used here; nothing unknown is allowed.
const Message = z.strictObject({ text: z.string().min(1) });
const MultiFormat = z.strictObject({ text: z.string().min(1), markdown: z.string().min(1).optional() });
const RelativeUri = z.string().regex(/^(?:[A-Za-z0-9_.!~*'()/-]|%[0-9A-F]{2})+$/);
const Rule = z.strictObject({
  id: z.string().min(1),
  shortDescription: MultiFormat,
  help: MultiFormat,
  defaultConfiguration: z.strictObject({ level: z.enum(['none', 'note', 'warning', 'error']) }),
});
const Result = z.strictObject({
  ruleId: z.string(),
  ruleIndex: z.int().min(0),
  kind: z.literal('fail'),
  level: z.enum(['none', 'note', 'warning', 'error']),
  message: Message,
  locations: z
    .array(
      z.strictObject({
        physicalLocation: z.strictObject({
          artifactLocation: z.strictObject({ uri: RelativeUri, uriBaseId: z.literal('%SRCROOT%') }),
          region: z.strictObject({ startLine: z.int().min(1) }),
        }),
        logicalLocations: z.array(
          z.strictObject({ name: z.string(), fullyQualifiedName: z.string(), kind: z.string() }),
        ),
      }),
    )
    .min(1),
  partialFingerprints: z.record(z.string(), z.string()),
  properties: z.record(z.string(), z.unknown()),
});
const Log = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({ name: z.string(), version: z.string(), rules: z.array(Rule) }),
      }),
      invocations: z.tuple([
        z.strictObject({
          executionSuccessful: z.boolean(),
          exitCode: z.int(),
          toolExecutionNotifications: z.array(
            z.strictObject({ level: z.enum(['warning', 'error']), message: Message }),
          ),
        }),
      ]),
      columnKind: z.enum(['utf16CodeUnits', 'unicodeCodePoints']),
      originalUriBaseIds: z.record(z.string(), z.strictObject({ description: Message })),
      results: z.array(Result),
      properties: z.record(z.string(), z.unknown()),
    }),
  ]),
});
const sarif = (output: VerifyOutput) => Log.parse(JSON.parse(print('sarif', output))).runs[0];

describe('verify --format sarif', () => {
  it('has one rule for each code, with help', () => {
    const { rules } = sarif(outputWith([])).tool.driver;
    expect(rules.map(({ id }) => id).sort()).toEqual([...REASON_CODES].sort());
    expect(rules.find(({ id }) => id === 'UNSIGNED')?.help.text).toContain('Remedy: ');
  });

  it('places a finding at its paths, or else at the repository file and the commit', () => {
    const { results, tool, invocations } = sarif(outputWith([altered(RECORD), broken('has no tree')]));
    expect(results.map(({ ruleId }) => ruleId)).toEqual(['UNEXPLAINED_CHANGE', 'COMMIT_MALFORMED']);
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    const uris = results.map(({ locations }) => locations[0]?.physicalLocation.artifactLocation.uri);
    expect(uris).toEqual([RECORD, 'modelsmith.yaml']);
    expect(results[1]?.locations[0]?.logicalLocations[0]?.fullyQualifiedName).toBe(COMMIT);
    expect(results[1]?.message.text).toContain(COMMIT);
    expect(invocations[0].exitCode).toBe(3);
  });

  it('gives each finding a fingerprint of its own', () => {
    const { results } = sarif(outputWith([broken('one'), broken('two'), altered(RECORD)]));
    expect(new Set(results.map((result) => result.partialFingerprints['modelsmithFinding/v1'])).size).toBe(3);
  });

  it('spells paths as relative references', () => {
    const { results } = sarif(outputWith([altered(`../a:b/${HOSTILE}`, '//host/ä?#')]));
    const uris = results[0]?.locations.map(({ physicalLocation }) => physicalLocation.artifactLocation.uri);
    expect(uris?.[0]).toMatch(/^%2E%2E\/a%3Ab\//);
    expect(uris?.[1]).not.toMatch(/^\/\//);
  });
});

/** Well-formed in the sense of XML 1.0, for the part of XML used: elements, attributes, five entities. Null: it is not. */
function parseXml(text: string): Element | null {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (
    !text.startsWith(head) ||
    !text.isWellFormed() ||
    /[^\t\n\r\u0020-\ufffd\u{10000}-\u{10ffff}]/u.test(text)
  )
    return null;
  const top: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  const token =
    /<\/([a-z-]+)>|<([a-z-]+)((?: [a-z]+="(?:[^<&"]|&(?:amp|lt|gt|quot|apos);)*")*)(\/?)>|((?:[^<&>]|&(?:amp|lt|gt|quot|apos);)+)/gy;
  let at = head.length;
  for (; at < text.length; at = token.lastIndex) {
    token.lastIndex = at;
    const [, end, start, attributes = '', empty, words] = token.exec(text) ?? [];
    const inner = open.at(-1);
    if (inner === undefined) return null;
    if (end !== undefined) {
      if (open.pop()?.name !== end) return null;
    } else if (start !== undefined) {
      const listed = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(
        ([, key = '', value = '']) => [key, unescaped(value)] as const,
      );
      if (new Set(listed.map(([key]) => key)).size !== listed.length) return null;
      const element: Element = {
        name: start,
        attributes: Object.fromEntries(listed),
        children: [],
        text: '',
      };
      inner.children.push(element);
      if (empty === '') open.push(element);
    } else if (words !== undefined) inner.text += unescaped(words);
    else return null;
  }
  return open.length === 1 && top.children.length === 1 && top.text.trim() === ''
    ? (top.children[0] ?? null)
    : null;
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

function unescaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replaceAll(/&([a-z]+);/g, (_all, name: string) => entities[name] ?? '');
}

const suite = (output: VerifyOutput): Element | undefined => parseXml(print('junit', output))?.children[0];
const cases = (output: VerifyOutput): readonly Element[] =>
  suite(output)?.children.filter(({ name }) => name === 'testcase') ?? [];

describe('verify --format junit', () => {
  it('is one case that holds where there are no findings', () => {
    const [only, ...others] = cases(outputWith([]));
    expect(others).toEqual([]);
    expect(only?.children).toEqual([]);
    expect(suite(outputWith([]))?.attributes).toMatchObject({ tests: '1', failures: '0', errors: '0' });
  });

  it('is one failed case a finding, each with a name of its own', () => {
    const output = outputWith([altered(RECORD), altered(RECORD), broken('x')]);
    const failed = cases(output).filter(({ children }) => children[0]?.name === 'failure');
    expect(failed.map(({ attributes }) => attributes['name'])).toEqual([
      `UNEXPLAINED_CHANGE ${RECORD}`,
      `UNEXPLAINED_CHANGE ${RECORD} (2)`,
      'COMMIT_MALFORMED',
    ]);
    expect(failed[0]?.children[0]?.attributes['type']).toBe('UNEXPLAINED_CHANGE');
    expect(suite(output)?.attributes).toMatchObject({ tests: '3', failures: '3' });
  });

  it('is well-formed whatever a repository holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const output = outputWith([altered(`${text}${HOSTILE}`), broken(text)], { notices: [text] });
        expect(cases(output)).toHaveLength(2);
      }),
      { numRuns: 100 },
    );
  });
});

describe('verify --format github', () => {
  it('annotates the file, with the code as the title', () => {
    const lines = print('github', outputWith([altered(RECORD), broken('has 100% of: a, b')])).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(new RegExp(`^::error file=${RECORD},title=UNEXPLAINED_CHANGE::`));
    expect(lines[0]).toContain(`%0Acommit ${COMMIT}, signed by ana`);
    expect(lines[1]).toMatch(/^::error title=COMMIT_MALFORMED::.*100%25 of: a, b/);
    expect(lines[2]).toMatch(/^::error title=modelsmith::not verified: 2 findings%0A/);
  });

  it('says in a notice that there are no findings', () => {
    expect(print('github', outputWith([]))).toMatch(
      /^::notice title=modelsmith::verified: no findings%0A[^\n]*$/,
    );
  });

  it('escapes colon and comma in properties alone', () => {
    expect(print('github', outputWith([altered('a,title=b:c%2C')]))).toMatch(
      /^::error file=a%2Ctitle=b%3Ac%252C,title=UNEXPLAINED_CHANGE::/,
    );
  });

  it('prints nothing but commands of its own, whatever a repository holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const hostile = `${text}${HOSTILE}`;
        const printed = print(
          'github',
          outputWith([altered(hostile, hostile), broken(hostile)], { notices: [hostile] }),
        );
        const lines = printed.split('\n');
        expect(lines).toHaveLength(4);
        for (const line of lines)
          expect(line).toMatch(/^::(error|warning) (file=[^:,]*,)?title=[A-Za-z_]+::/);
      }),
      { numRuns: 100 },
    );
  });
});

describe('what is remembered', () => {
  it.each([
    ['main comes from bbbbbbbbbbbb, seen before', {}],
    ['main does not come from bbbbbbbbbbbb, seen before', { descends: false, next: null }],
    ['main was rewound from bbbbbbbbbbbb, and you accepted it', { descends: false, rewindAccepted: true }],
    [`main was not seen before; ${TIP.slice(0, 12)} is expected from now on`, { expected: [] }],
    ['main was not seen before; no remote has any of it yet', { expected: [], next: null }],
    [
      'main comes from bbbbbbbbbbbb and cccccccccccc, seen before',
      { expected: [BEFORE, 'c'.repeat(40)], next: null },
    ],
  ])('is a line of its own: %s', (line, more) => {
    const printed = print('text', outputWith([], { remembered: { ...REMEMBERED, ...more } }));
    expect(printed).toContain(`\nmemory  ${line}\n`);
  });

  it('is not mentioned where the memory is off', () => {
    expect(print('text', outputWith([]))).not.toContain('memory');
  });
});

describe('every format', () => {
  it.each(FORMATS.filter((format) => format !== 'json'))('%s shows no control character', (format) => {
    const output = outputWith([altered(HOSTILE), broken(HOSTILE)], {
      notices: [HOSTILE],
      remembered: { ...REMEMBERED, branch: HOSTILE, rewindAccepted: true },
      range: HOSTILE,
      findingsOutsideRange: 1,
      separationWaived: HOSTILE,
    });
    expect(print(format, output)).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u);
  });

  it.each(FORMATS)('%s is the same each time', (format) => {
    const output = outputWith([altered(RECORD), broken('x')]);
    expect(print(format, structuredClone(output))).toBe(print(format, output));
  });

  it('says what is outside the range, as a failure', () => {
    const output = outputWith([], { answer: 'no', range: 'a..b', findingsOutsideRange: 2 });
    expect(cases(output)[0]?.children[0]?.attributes['message']).toContain('2 findings outside a..b');
    expect(print('github', output)).toContain('::error title=modelsmith::2 findings outside a..b');
    expect(sarif(output).invocations[0].toolExecutionNotifications).toEqual([
      { level: 'error', message: { text: '2 findings outside a..b, not printed' } },
    ]);
  });

  it.each(['sarif', 'junit', 'github'] as const)('%s says what must be said every time', (format) => {
    const remembered = { ...REMEMBERED, descends: false, rewindAccepted: true };
    const printed = print(
      format,
      outputWith([], { demonstration: true, separationWaived: 'two people', remembered }),
    );
    expect(printed).toContain('DEMONSTRATION');
    expect(printed).toContain('a rewind of main was accepted');
    expect(printed).toContain('SEPARATION_WAIVED: two people');
  });
});
