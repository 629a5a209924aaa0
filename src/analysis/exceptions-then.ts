import type { EntryHeader } from '../domain/entry.ts';
import type { LineName } from '../domain/names.ts';
import { approvalFile, CLOSED, exceptionFolder, reviewFile, reviewText } from '../domain/paths.ts';
import { filesUnder, withoutFile, type TreeFolder } from '../domain/tree.ts';
import { exceptionsOf, type ExceptionCase } from '../machine/exceptions.ts';

/** When something was signed, and what it relied on. */
type Signed = Pick<EntryHeader, 'time' | 'reliedOn'>;

/** A tree with the exceptions of a line as they were when something was signed: without what became of them later. */
export function exceptionsThen(tree: TreeFolder, line: LineName, signed: Signed): TreeFolder {
  return exceptionsOf(tree, line).reduce(
    (result, each) =>
      laterFiles(tree, each, signed).reduce(
        (rest, path) => withoutFile(rest, `${exceptionFolder(line, each.exception.id)}/${path}`),
        result,
      ),
    tree,
  );
}

function laterFiles(
  tree: TreeFolder,
  { exception, approvals, closed, reviews }: ExceptionCase,
  { time, reliedOn }: Signed,
): readonly string[] {
  // Clocks may be minutes apart; what was relied on was there, and had not ended.
  const isThere = (entry: EntryHeader): boolean => entry.time <= time || reliedOn.includes(entry.id);
  if (!isThere(exception))
    return filesUnder(tree, exceptionFolder(exception.line, exception.id)).map(([path]) => path);
  const hadEnded = closed !== null && closed.time <= time && !reliedOn.includes(exception.id);
  return [
    ...approvals.filter((entry) => !isThere(entry)).map(({ id }) => approvalFile(id)),
    ...(closed?.exception === exception.id && !hadEnded ? [CLOSED] : []),
    ...reviews.filter((entry) => !isThere(entry)).flatMap(({ id }) => [reviewFile(id), reviewText(id)]),
  ];
}
