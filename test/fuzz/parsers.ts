import { readFileSync } from 'node:fs';
import { CHECK_IMPORTERS } from '../../src/adapters/checks/importers.ts';
import { parseGguf } from '../../src/adapters/artifacts/gguf.ts';
import { parseBundle } from '../../src/adapters/artifacts/model-bundle.ts';
import { parseStatement, statementOver } from '../../src/domain/model-statement.ts';
import { readPeftConfig } from '../../src/adapters/artifacts/peft-config.ts';
import { loraAdapter } from '../../src/adapters/artifacts/sample.ts';
import { headerLength, parseSafetensorsHeader } from '../../src/adapters/artifacts/safetensors.ts';
import { IMPORTERS } from '../../src/adapters/evals/importers.ts';
import { jsonLineItems } from '../../src/adapters/evals/items.ts';
import { openZip } from '../../src/adapters/evals/zip.ts';
import { CannotTell } from '../../src/base/errors.ts';
import { filesInTar } from '../../src/adapters/sources/tar.ts';
import { parseForeignJson } from '../../src/base/foreign-json.ts';
import { readModelLayers } from '../../src/domain/model-layers.ts';
import { CHECK_FAULTS } from '../../src/ports/checks.ts';
import { IMPORT_FAULTS } from '../../src/ports/evaluations.ts';
import { gguf } from '../unit/artifacts/gguf-file.ts';
import { pax, tarOf } from '../unit/sources/tar-bytes.ts';

/** Everything that reads what strangers wrote, with something valid to begin from. */
export interface Parser {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  /** @returns what came of it: `read`, or how it was refused. Throws where neither is so. */
  parse(bytes: Uint8Array): string | Promise<string>;
}

const evaluation = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/evals/${name}`, import.meta.url)));
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

const EVALUATIONS: Readonly<Record<string, readonly string[]>> = {
  'lm-eval-v0.4': ['lm-eval-v04-groups.json'],
  'lm-eval-v0.3': ['lm-eval-v03.json'],
  'inspect-log-v2': ['inspect.json', 'inspect.eval'],
  'promptfoo-results': ['promptfoo-v1.json', 'promptfoo-v2.json', 'promptfoo-v3.json'],
  generic: ['generic.json'],
};

const CHECKS: Readonly<Record<string, readonly Uint8Array[]>> = {
  sarif: [
    text(
      '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"scan","version":"1","rules":[{"id":"R1","defaultConfiguration":{"level":"error"}}]}},"invocations":[{"executionSuccessful":true}],"results":[{"ruleId":"R1","ruleIndex":0,"level":"warning","message":{"text":"found"},"suppressions":[]}]}]}',
    ),
  ],
  junit: [
    text(
      '<?xml version="1.0" encoding="UTF-8"?><testsuites name="t"><testsuite name="s" tests="2" failures="1"><testcase name="a" classname="c"/><testcase name="b"><failure message="no">long &amp; short</failure></testcase></testsuite></testsuites>',
    ),
  ],
  garak: [
    text(
      [
        '{"entry_type":"start_run setup","_config.version":"0.9","garak_version":"0.9"}',
        '{"entry_type":"init","garak_version":"0.9","run":"r"}',
        '{"entry_type":"eval","probe":"dan.Dan","detector":"d.D","passed":3,"total":5}',
        '{"entry_type":"completion","end_time":"x","run":"r"}',
      ].join('\n'),
    ),
  ],
  generic: [
    text(
      '{"schema":"modelsmith/generic-check/v1","tool":{"name":"t","version":"1"},"findings":[{"rule":"r","level":"error","message":"m"}]}',
    ),
  ],
};

const known = (
  result: { readonly kind: string; readonly faults?: readonly { readonly code: string }[] },
  codes: readonly string[],
): string => {
  if (result.kind === 'imported') return 'read';
  const [first, ...more] = result.faults ?? [];
  if (first === undefined || [first, ...more].some(({ code }) => !codes.includes(code)))
    throw new Error(`refused in a way that is not known: ${JSON.stringify(result)}`);
  return first.code;
};

export const PARSERS: readonly Parser[] = [
  {
    name: 'json',
    seeds: ['generic.json', 'inspect.json'].map(evaluation),
    parse: (bytes) => (parseForeignJson(bytes, 'file').ok ? 'read' : 'refused'),
  },
  ...IMPORTERS.map((importer): Parser => ({
    name: importer.name,
    seeds: (EVALUATIONS[importer.name] ?? []).map(evaluation),
    parse: (bytes) => known(importer.import([{ path: 'output.json', bytes }]), IMPORT_FAULTS),
  })),
  {
    name: 'transcripts',
    seeds: ['routing', 'knowledge'].map((task) =>
      evaluation(`samples_claims_${task}_2026-03-02T09-30-00.123456.jsonl`),
    ),
    parse: (bytes) => {
      const { items, unread } = jsonLineItems.itemsIn([{ path: 'samples.jsonl', bytes }]);
      return unread.length > 0 ? 'unread' : items.length > 0 ? 'read' : 'empty';
    },
  },
  ...CHECK_IMPORTERS.map((importer): Parser => ({
    name: `check-${importer.name}`,
    seeds: CHECKS[importer.name] ?? [],
    parse: (bytes) => known(importer.import([{ path: 'output', bytes }]), CHECK_FAULTS),
  })),
  {
    name: 'model-layers',
    seeds: [
      new TextEncoder().encode(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          layers: ['org.cncf.model.filepath', 'org.opencontainers.image.title'].map((key, size) => ({
            mediaType: 'application/vnd.cncf.model.weight.v1.tar',
            digest: `sha256:${'a'.repeat(64)}`,
            size,
            annotations: { [key]: 'a/b.json' },
          })),
          annotations: { 'dev.modelsmith.iteration': 'claims-triage@1.4.0' },
        }),
      ),
    ],
    parse: (bytes) => (readModelLayers(bytes, 'manifest').ok ? 'read' : 'refused'),
  },
  {
    name: 'zip',
    seeds: [evaluation('inspect.eval')],
    parse: (bytes) => {
      const archive = openZip(bytes);
      if (typeof archive === 'string') return 'refused';
      return archive.names.some((name) => 'why' in archive.read(name)) ? 'damaged' : 'read';
    },
  },
  {
    name: 'tar',
    seeds: [
      tarOf([
        { name: './a.json', content: '{}' },
        { name: 'weights.safetensors', content: 'x'.repeat(600), binarySize: true },
        { name: 'folder/', type: '5' },
        pax({ path: 'b/c.txt', size: '4', mtime: '1.5' }),
        { name: 'short', content: 'long' },
      ]),
      tarOf([{ name: 'c.txt', prefix: 'a/b', content: 'x' }, pax({ comment: 'x' }), { name: 'd' }]),
    ],
    // Nearly all that is altered would end at a sum that does not fit, so it is read with sums that do as well.
    parse: async (bytes) => {
      const asItIs = await unpacked(bytes);
      const summed = await unpacked(withSums(bytes));
      return asItIs === 'refused' && summed === 'read' ? 'read with other sums' : asItIs;
    },
  },
  {
    name: 'model-signature',
    seeds: ['by-key.sig', 'by-certificate.sig'].map(
      (name) =>
        new Uint8Array(readFileSync(new URL(`../../fixtures/model-signing/${name}`, import.meta.url))),
    ),
    parse: (bytes) => {
      const bundle = parseBundle(bytes);
      if (typeof bundle === 'string') return 'refused';
      return typeof parseStatement(bundle.payload) === 'string' ? 'other statement' : 'read';
    },
  },
  {
    name: 'model-statement',
    seeds: [
      statementOver(
        'model',
        new Map([
          ['a', '0'.repeat(64)],
          ['b/c', 'f'.repeat(64)],
        ]),
      ),
    ],
    parse: (bytes) => (typeof parseStatement(bytes) === 'string' ? 'refused' : 'read'),
  },
  {
    name: 'safetensors',
    seeds: [weights()],
    parse: (bytes) => {
      const length = headerLength(bytes.subarray(0, 8), bytes.length, 'file');
      if (!length.ok) return 'refused';
      const header = parseSafetensorsHeader(bytes.subarray(8, 8 + length.value), bytes.length, 'file');
      return header.ok ? 'read' : 'refused';
    },
  },
  {
    name: 'peft-config',
    seeds: [adapter()[0]?.bytes ?? new Uint8Array()],
    parse: (bytes) => {
      const json = parseForeignJson(bytes, 'file');
      if (!json.ok) return 'no JSON';
      return readPeftConfig(json.value).findings[0]?.code ?? 'read';
    },
  },
  {
    name: 'gguf',
    seeds: [gguf(), gguf({ version: 2 })],
    parse: (bytes) => (parseGguf(bytes, bytes.length, 'file').ok ? 'read' : 'refused'),
  },
];

/** Goes through an archive as it arrives: in pieces that end anywhere. Files hold no more than there is. */
async function unpacked(bytes: Uint8Array): Promise<string> {
  const pieces = async function* (): AsyncGenerator<Uint8Array, void> {
    for (let at = 0; at < bytes.length; at += 700) yield await Promise.resolve(bytes.subarray(at, at + 700));
  };
  let content = 0;
  try {
    for await (const file of filesInTar(pieces()))
      for await (const piece of file.content) content += piece.length;
  } catch (error) {
    if (!(error instanceof CannotTell) || error.code !== 'BAD_DATA') throw error;
    return bounded('refused', content, bytes);
  }
  return bounded('read', content, bytes);
}

function bounded(outcome: string, content: number, { length }: Uint8Array): string {
  if (content > length) throw new Error(`${content} bytes came out of ${length}`);
  return outcome;
}

/** Every block that may be a header with the sum that it should have. */
function withSums(bytes: Uint8Array): Uint8Array {
  const mended = Buffer.from(bytes);
  for (let at = 0; at + 512 <= mended.length; at += 512) {
    const header = mended.subarray(at, at + 512);
    if (header.toString('latin1', 257, 262) !== 'ustar') continue;
    header.fill(' ', 148, 156);
    const sum = header.reduce((all, byte) => all + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  }
  return mended;
}

function adapter() {
  return loraAdapter({
    ...{ base: 'org/base', revision: null, rank: 2, modules: ['q_proj'], hidden: 4, layers: 2, seed: 'x' },
  });
}

function weights(): Uint8Array {
  return adapter()[1]?.bytes ?? new Uint8Array();
}
