import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { inspectLogs } from '../../../src/adapters/evals/inspect.ts';
import { MAX_MEMBER_BYTES, openZip } from '../../../src/adapters/evals/zip.ts';
import { codesOf, fixture } from './support.ts';

interface Member {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  /** What the directory says, where that is not so. */
  readonly size?: number;
  readonly crc?: number;
  readonly attributes?: number;
  /** Where the directory says the member lies. */
  readonly offset?: number;
  readonly localName?: string;
}

/** An archive as it would be written, with whatever is asked for wrong about it. */
function zip(members: readonly Member[], { tail = '', count = members.length } = {}): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const member of members) {
    const content = Buffer.from(member.content);
    const method = member.method ?? 8;
    const data = method === 8 ? deflateRawSync(content) : content;
    const size = member.size ?? content.length;
    const head = (name: string) => {
      const fields = Buffer.alloc(26);
      fields.writeUInt16LE(20, 0);
      fields.writeUInt16LE(member.flags ?? 0x0800, 2);
      fields.writeUInt16LE(method, 4);
      fields.writeUInt32LE(member.crc ?? crc32(content), 10);
      fields.writeUInt32LE(data.length, 14);
      fields.writeUInt32LE(size, 18);
      fields.writeUInt16LE(Buffer.byteLength(name), 22);
      return fields;
    };
    const local = Buffer.concat([
      Buffer.from('504b0304', 'hex'),
      head(member.localName ?? member.name),
      Buffer.from(member.localName ?? member.name),
      data,
    ]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((member.attributes ?? 0) >>> 0, 6);
    rest.writeUInt32LE(member.offset ?? at, 10);
    directory.push(
      Buffer.concat([Buffer.from('504b01021400', 'hex'), head(member.name), rest, Buffer.from(member.name)]),
    );
    parts.push(local);
    at += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('504b0506', 0, 'hex');
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return new Uint8Array(Buffer.concat([...parts, central, end, Buffer.from(tail)]));
}

const header = { name: 'header.json', content: '{}' };
function why(archive: Uint8Array): string {
  const opened = openZip(archive);
  if (typeof opened === 'string') return opened;
  return (
    opened.names
      .map((name) => opened.read(name))
      .find((content): content is { why: string } => 'why' in content)?.why ?? 'sound'
  );
}

describe('an archive', () => {
  test('gives back what was put in, packed or not', () => {
    const opened = openZip(zip([header, { name: 'samples/1.json', content: '[1]', method: 0 }]));
    if (typeof opened === 'string') throw new Error(opened);
    expect(opened.names).toEqual(['header.json', 'samples/1.json']);
    expect(Buffer.from(opened.read('samples/1.json') as Uint8Array).toString()).toBe('[1]');
    expect(opened.read('samples/2.json')).toEqual({ why: 'is not there' });
  });
  test.each<[string, RegExp, Uint8Array]>([
    ['that is cut off', /cut off/, zip([header]).subarray(0, -1)],
    ['with a comment, where another end could hide', /cut off|comment/, zip([header], { tail: 'x' })],
    ['with another count', /damaged directory/, zip([header], { count: 2 })],
    ['that says it is larger than can be', /unpacked/, zip([{ ...header, size: MAX_MEMBER_BYTES + 1 }])],
    [
      'whose members come to too much together',
      /would be more than/,
      zip(
        Array.from({ length: 5 }, (_, index) => ({ name: `${index}`, content: 'x', size: MAX_MEMBER_BYTES })),
      ),
    ],
    [
      'that unpacks to more than it says',
      /more than the directory says/,
      zip([{ name: 'a', content: 'x'.repeat(1000), size: 10 }]),
    ],
    ['that unpacks to less than it says', /is damaged/, zip([{ name: 'a', content: 'x', size: 10 }])],
    ['whose content is another', /is damaged/, zip([{ ...header, crc: 1 }])],
    ['with one name twice', /two members of one name/, zip([header, header])],
    [
      'with names that some systems take for one',
      /two members of one name/,
      zip([header, { ...header, name: 'Header.json' }]),
    ],
    [
      'with two members in one place',
      /share bytes/,
      zip([header, { name: 'header.jsom', content: '{}', offset: 0 }]),
    ],
    [
      'that names a member otherwise than its directory',
      /says two things/,
      zip([{ ...header, localName: 'hidden.json' }]),
    ],
    ['that leads up', /leads somewhere else/, zip([{ ...header, name: '../header.json' }])],
    ['that leads to the root', /leads somewhere else/, zip([{ ...header, name: '/header.json' }])],
    ['that leads to a drive', /leads somewhere else/, zip([{ ...header, name: 'C:header.json' }])],
    ['with a backslash in a name', /leads somewhere else/, zip([{ ...header, name: 'a\\b' }])],
    ['with a folder', /leads somewhere else/, zip([{ name: 'samples/', content: '', method: 0 }])],
    ['with a link', /holds a link/, zip([{ ...header, attributes: 0xa1ed0000 }])],
    ['that is encrypted', /encrypted/, zip([{ ...header, flags: 0x0801 }])],
    ['with a name in some other alphabet', /not UTF-8/, zip([{ ...header, name: 'é', flags: 0 }])],
    ['packed with Zstandard: JSON is asked for', /inspect log convert/, zip([{ ...header, method: 93 }])],
    ['packed by something else', /method 14/, zip([{ ...header, method: 14 }])],
    ['in pieces', /cut off|one part|before or after/, zip([header]).subarray(4)],
  ])('%s is refused', (_, sentence, archive) => expect(why(archive)).toMatch(sentence));

  test('of a log is refused by name, whatever is wrong with it', () => {
    expect(codesOf(inspectLogs, zip([{ ...header, method: 93 }]))).toEqual(['EVAL_ARCHIVE']);
    expect(codesOf(inspectLogs, zip([{ ...header, crc: 1 }]))).toEqual(['EVAL_ARCHIVE']);
    expect(codesOf(inspectLogs, zip([{ ...header, name: 'other.json' }]))).toEqual(['EVAL_NOT_THIS_FORMAT']);
    expect(codesOf(inspectLogs, zip([{ ...header, name: '_journal/start.json' }]))).toEqual([
      'EVAL_NOT_FINISHED',
    ]);
    expect(codesOf(inspectLogs, zip([{ ...header, content: '{"a": NaN}' }]))).toEqual(['EVAL_NOT_A_NUMBER']);
    expect(codesOf(inspectLogs, zip([header]))).toEqual(['EVAL_NOT_THIS_FORMAT']);
    const log = new TextDecoder().decode(fixture('inspect.json'));
    const sample = { name: 'samples/1_epoch_1.json', content: '{', method: 8 };
    expect(codesOf(inspectLogs, zip([{ ...header, content: log }, sample]))).toEqual([
      'EVAL_NOT_THIS_FORMAT',
    ]);
    expect(
      codesOf(
        inspectLogs,
        zip([
          { ...header, content: log },
          { ...sample, crc: 1 },
        ]),
      ),
    ).toEqual(['EVAL_ARCHIVE']);
  });
});
