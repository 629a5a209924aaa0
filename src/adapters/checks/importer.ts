import { sha256 } from '../../base/digest.ts';
import { isNonEmpty, type NonEmpty } from '../../base/nonempty.ts';
import {
  CheckReport,
  compareFindings,
  LEVELS,
  MOST_FINDINGS,
  type Level,
} from '../../domain/check-report.ts';
import { problemsOf } from '../../domain/document.ts';
import type { CheckFault, CheckImported, CheckImporter } from '../../ports/checks.ts';
import type { RawFile } from '../../ports/evaluations.ts';
import { Unreadable, type Found } from './reading.ts';

/** What one file says. */
export interface ToolOutput {
  readonly tool: { readonly name: string; readonly version?: string };
  readonly findings: readonly Found[];
}

/** An importer of files that each stand for themselves. @param read throws Unreadable for what cannot be read. */
export function importerOf(
  name: string,
  version: number,
  read: (file: RawFile) => ToolOutput,
): CheckImporter {
  return {
    name,
    version,
    import(files) {
      const outputs: ToolOutput[] = [];
      const faults: CheckFault[] = [];
      for (const file of files) {
        try {
          outputs.push(read(file));
        } catch (error) {
          if (!(error instanceof Unreadable)) throw error;
          faults.push({ code: error.code, facts: [`${file.path}: ${error.message}`] });
        }
      }
      if (isNonEmpty(faults)) return { kind: 'refused', faults: foreignFirst(faults) };
      return together({ name, version }, outputs, files);
    },
  };
}

function foreignFirst(faults: NonEmpty<CheckFault>): NonEmpty<CheckFault> {
  const isForeign = ({ code }: CheckFault): number => (code === 'CHECK_NOT_THIS_FORMAT' ? 0 : 1);
  return [...faults].sort((a, b) => isForeign(a) - isForeign(b)) as unknown as NonEmpty<CheckFault>;
}

function together(
  importer: CheckReport['importer'] | { readonly name: string; readonly version: number },
  outputs: readonly ToolOutput[],
  files: readonly RawFile[],
): CheckImported {
  const tools = new Map(outputs.map(({ tool }) => [`${tool.name} ${tool.version ?? ''}`.trim(), tool]));
  const [tool, another] = tools.values();
  if (tool === undefined || another !== undefined) {
    const facts = [`tools: ${[...tools.keys()].slice(0, 10).join(', ')}`, 'record a check for each of them'];
    return { kind: 'refused', faults: [{ code: 'CHECK_OTHER_TOOLS', facts }] };
  }
  const findings = outputs.flatMap((output) => output.findings).sort(compareFindings);
  const count = (level: Level): number => findings.filter((found) => found.level === level).length;
  const report = CheckReport.safeParse({
    schema: 'modelsmith/check-report/v1',
    importer,
    tool,
    counts: Object.fromEntries(LEVELS.map((level) => [level, count(level)])),
    findings: findings.slice(0, MOST_FINDINGS),
    cut: Math.max(0, findings.length - MOST_FINDINGS),
    raw: [...files]
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .map(({ path, bytes }) => ({ path, size: bytes.length, sha256: sha256(bytes) })),
  });
  if (report.success) return { kind: 'imported', report: report.data };
  const facts = problemsOf(report.error, 'report').map(
    ({ place, message }) => `${place.key ?? 'the report'} ${message}`,
  );
  return { kind: 'refused', faults: [{ code: 'CHECK_MALFORMED', facts: facts.slice(0, 10) }] };
}
