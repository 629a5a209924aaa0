import {
  integerOf,
  isForeignArray,
  isForeignObject,
  kindOf,
  memberOf,
  textOf,
  type ForeignJson,
  type ForeignObject,
} from '../../base/foreign-json.ts';
import type { ImportFault, RawFile } from '../../ports/evaluations.ts';
import { readJson } from './import-result.ts';
import { looksLikeZip, openZip, type Archive } from './zip.ts';

/** One log of Inspect, as JSON or as an archive (`.eval`): both hold the same. */
export interface InspectLog {
  readonly file: RawFile;
  /** Everything but the samples. */
  readonly header: ForeignObject;
  /** One after the other, so that they need not all be in memory. Null where none were logged. */
  samples(): Iterable<ForeignJson | ImportFault> | null;
}

export function readLog(file: RawFile): InspectLog | ImportFault {
  return looksLikeZip(file.bytes) ? readArchive(file) : readJsonLog(file);
}

export function isFault(found: unknown): found is ImportFault {
  return typeof found === 'object' && found !== null && 'code' in found && 'facts' in found;
}

function readJsonLog(file: RawFile): InspectLog | ImportFault {
  const read = readJson(file);
  if (!('json' in read)) return read;
  const header = asHeader(read.json, file.path);
  if (isFault(header)) return header;
  const samples = header.get('samples') ?? null;
  if (samples !== null && !isForeignArray(samples)) return foreign(`samples is ${kindOf(samples)}`);
  return { file, header, samples: () => samples };
}

const HEADER = 'header.json';
const SAMPLE = /^samples\/.+\.json$/;

function readArchive(file: RawFile): InspectLog | ImportFault {
  const archive = openZip(file.bytes);
  if (typeof archive === 'string') return { code: 'EVAL_ARCHIVE', facts: [`${file.path} ${archive}`] };
  if (!archive.names.includes(HEADER)) {
    return archive.names.some((name) => name.startsWith('_journal/'))
      ? { code: 'EVAL_NOT_FINISHED', facts: [`${file.path} holds no ${HEADER}, which is written at the end`] }
      : foreign(`${file.path} holds no ${HEADER}`);
  }
  const read = readMember(archive, file.path, HEADER);
  if (isFault(read)) return read;
  const header = asHeader(read.json, `${file.path}/${HEADER}`);
  if (isFault(header)) return header;
  const names = archive.names.filter((name) => SAMPLE.test(name));
  return { file, header, samples: () => (names.length === 0 ? null : eachSample(archive, file.path, names)) };
}

function* eachSample(
  archive: Archive,
  path: string,
  names: readonly string[],
): Iterable<ForeignJson | ImportFault> {
  for (const name of names) {
    const read = readMember(archive, path, name);
    yield isFault(read) ? read : read.json;
  }
}

function readMember(
  archive: Archive,
  path: string,
  name: string,
): { readonly json: ForeignJson } | ImportFault {
  const content = archive.read(name);
  if ('why' in content) return { code: 'EVAL_ARCHIVE', facts: [`${path}/${name} ${content.why}`] };
  return readJson({ path: `${path}/${name}`, bytes: content });
}

/** The second form of its logs, which it has written since 2024. */
const LOG_VERSION = 2;

function asHeader(json: ForeignJson, path: string): ForeignObject | ImportFault {
  if (
    !isForeignObject(json) ||
    textOf(json.get('status')) === undefined ||
    textOf(memberOf(json, 'eval', 'task')) === undefined
  )
    return foreign(`${path} is no log of Inspect: it has no status, or no eval.task`);
  const version = integerOf(json.get('version'));
  if (version !== LOG_VERSION)
    return foreign(
      `${path} is a log of version ${version ?? kindOf(json.get('version'))}, read is ${LOG_VERSION}`,
    );
  return json;
}

function foreign(fact: string): ImportFault {
  return { code: 'EVAL_NOT_THIS_FORMAT', facts: [fact] };
}
