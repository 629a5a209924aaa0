import { basename, resolve } from 'node:path';
import { digestOfFiles } from '../../base/digest.ts';
import { Label } from '../../domain/text.ts';
import type { ArtifactFinding, ArtifactVerdict, InspectOptions } from '../../ports/artifacts.ts';
import { statedBaseOf } from './adapter-base.ts';
import { readGguf } from './adapter-files.ts';
import type { FolderEntry } from './folder.ts';
import type { GgufHeader } from './gguf.ts';
import { readStamps } from './lock-stamps.ts';
import { LOCK_KEY } from '../../domain/lock-strength.ts';
import { verdictOf } from './verdict.ts';

/** A model in one GGUF file. The header says what it is; the weights are known by their digest only. */
export async function inspectGguf(
  directory: string,
  entries: readonly FolderEntry[],
  before: readonly ArtifactFinding[],
  options: InspectOptions,
): Promise<ArtifactVerdict> {
  const findings = [...before];
  const settled = statedBaseOf(options.statedBase, directory);
  findings.push(...settled.findings);
  const [entry, ...others] = entries.filter(({ name }) => name.endsWith('.gguf'));
  if (entry?.kind !== 'file' || others.length > 0) {
    findings.push({
      code: others.length > 0 ? 'ARTIFACT_SEVERAL' : 'ARTIFACT_NOT_A_FILE',
      message:
        'The folder must hold one GGUF file, and a regular one. Join the parts of a split model, or choose one.',
      place: { file: entry?.name ?? directory },
    });
    return verdictOf(findings, null);
  }
  const { file, content, findings: found } = await readGguf(directory, entry.name);
  findings.push(...found, ...(content === undefined ? [] : notAModel(content, entry.name)));
  const { stamps, findings: stampFindings } = readStamps([
    { path: entry.name, value: content?.values.get(LOCK_KEY) },
  ]);
  findings.push(...stampFindings);
  const architecture = content?.values.get('general.architecture');
  if (content === undefined || typeof architecture !== 'string' || settled.base === null)
    return verdictOf(findings, null);
  const { tensorCount, parameterCount, dtypes } = content;
  return verdictOf(findings, {
    kind: 'sound',
    format: 'gguf',
    name: basename(resolve(directory)),
    files: [file],
    digest: digestOfFiles([file]),
    stamps,
    facts: { architecture, tensorCount, parameterCount, dtypes },
    base: settled.base,
  });
}

function notAModel({ values }: GgufHeader, file: string): readonly ArtifactFinding[] {
  const wrong = (message: string): ArtifactFinding => ({
    code: 'GGUF_MALFORMED',
    message: `${file} ${message}.`,
    place: { file },
  });
  const [type, parts] = [values.get('general.type') ?? 'model', values.get('split.count') ?? 1n];
  return [
    ...(Label.safeParse(values.get('general.architecture')).success
      ? []
      : [wrong('has no general.architecture')]),
    ...(type === 'model'
      ? []
      : [
          wrong(
            `is of the type ${String(type).slice(0, 100)}; read are whole models, and adapters as PEFT saves them`,
          ),
        ]),
    ...(parts === 1n ? [] : [wrong('is one part of a model that was split')]),
  ];
}
