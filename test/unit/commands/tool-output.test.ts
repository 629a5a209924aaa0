import { describe, expect, test } from 'vitest';
import { CHECK_IMPORTERS } from '../../../src/adapters/checks/importers.ts';
import { readToolOutput } from '../../../src/commands/check-add/tool-output.ts';
import { context, file } from './pipeline-desk.ts';

const SCAN = JSON.stringify({
  version: '2.1.0',
  runs: [{ tool: { driver: { name: 'scanner' } }, results: [] }],
});
const CASES = '<testsuite><testcase name="a"/></testsuite>';
const read = (paths: readonly string[], format: string | null = null) =>
  readToolOutput(context, paths, format);
const facts = (outcome: object): readonly object[] =>
  'reasons' in outcome && Array.isArray(outcome.reasons)
    ? outcome.reasons.map((why: { facts: object }) => why.facts)
    : [];

describe('what a tool wrote', () => {
  test('is read by the importer that knows it, under the names of the files', async () => {
    const two = [file('b/two.xml', CASES), file('a/one.xml', CASES)];
    expect(await read(two)).toMatchObject({
      kind: 'read',
      report: { importer: { name: 'junit', version: 1 }, raw: [{ path: 'one.xml' }, { path: 'two.xml' }] },
      files: [{ path: 'one.xml' }, { path: 'two.xml' }],
    });
    expect(await read([file('scan.sarif', SCAN)])).toMatchObject({ report: { importer: { name: 'sarif' } } });
  });

  test('gets another name where a repository cannot hold its own, or would take it for a document', async () => {
    const paths = [file('with space.sarif', SCAN), file('README.md', `${SCAN}\n`)];
    const outcome = await read(paths);
    if (outcome.kind !== 'read') throw new Error();
    for (const { path } of outcome.files) expect(path).toMatch(/^output-[0-9a-f]{12}\.txt$/);
  });

  test('of no format, or of two, is refused with what each importer says', async () => {
    const [none = {}] = facts(await read([file('text.txt', 'hello')]));
    expect(none).toMatchObject({ fault: 'CHECK_NOT_THIS_FORMAT' });
    for (const { name } of CHECK_IMPORTERS) expect(JSON.stringify(none)).toContain(`"${name}: text.txt: `);
    const [mixed = {}] = facts(await read([file('scan.sarif', SCAN), file('cases.xml', CASES)]));
    expect(mixed).toMatchObject({ fault: 'CHECK_NOT_THIS_FORMAT' });
  });

  test('is read as the format that is named, by its newest version, and no other', async () => {
    const path = file('scan.sarif', SCAN);
    expect(facts(await read([path], 'junit'))).toMatchObject([{ facts: ['junit: scan.sarif: is not XML'] }]);
    const [sarif] = CHECK_IMPORTERS;
    if (sarif === undefined) throw new Error();
    const later = { ...context, checkImporters: [{ ...sarif, version: 2 }, ...CHECK_IMPORTERS] };
    expect(await readToolOutput(later, [path], 'sarif')).toMatchObject({ kind: 'read' });
    await expect(read([path], 'xml')).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('that two importers know is not guessed at', async () => {
    const [sarif] = CHECK_IMPORTERS;
    if (sarif === undefined) throw new Error();
    const both = { ...context, checkImporters: [sarif, { ...sarif, name: 'other' }] };
    await expect(readToolOutput(both, [file('scan.sarif', SCAN)], null)).rejects.toMatchObject({
      code: 'USAGE',
      message: 'the files can be read as sarif and as other',
    });
  });

  test('has names that differ, and is not without end', async () => {
    const twins = [file('a/scan.sarif', SCAN), file('b/SCAN.sarif', SCAN)];
    await expect(read(twins)).rejects.toMatchObject({ message: 'two files would be called scan.sarif' });
    await expect(read(Array.from({ length: 101 }, () => 'x'))).rejects.toMatchObject({ code: 'USAGE' });
  });
});
