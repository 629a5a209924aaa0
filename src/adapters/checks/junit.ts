import { SaxesParser } from 'saxes';
import { decodeUtf8 } from '../../base/utf8.ts';
import type { RawFile } from '../../ports/evaluations.ts';
import { importerOf, type ToolOutput } from './importer.ts';
import { finding, Unreadable, type Found } from './reading.ts';

const MOST_BYTES = 64 * 1024 * 1024;
const MOST_DEPTH = 100;
const MOST_ELEMENTS = 1_000_000;
const MOST_ATTRIBUTES = 200;
/** Characters kept of what stands in a failure. */
const MOST_TEXT = 4000;

/**
 * Reads JUnit XML: failures and errors of test cases are errors, skipped ones are notes. A document type is refused, so no
 * entity but the five of XML is ever looked up. This version never changes once it is released.
 */
export const junit = importerOf('junit', 1, read);

function read({ bytes }: RawFile): ToolOutput {
  if (bytes.length > MOST_BYTES)
    throw new Unreadable('CHECK_NOT_THIS_FORMAT', `is larger than ${MOST_BYTES} bytes`);
  const text = decodeUtf8(bytes);
  if (text?.trimStart().startsWith('<') !== true)
    throw new Unreadable('CHECK_NOT_THIS_FORMAT', text === null ? 'is not valid UTF-8' : 'is not XML');
  const suites = new SuiteReader();
  suites.read(text);
  if (suites.cases === 0) throw new Unreadable('CHECK_EMPTY', 'holds no test case');
  return { tool: { name: 'JUnit XML' }, findings: suites.findings };
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Failures and errors found when it began. */
  readonly before: number;
  text: string;
}

const OUTCOMES: ReadonlySet<string> = new Set(['failure', 'error', 'skipped']);

class SuiteReader {
  readonly findings: Found[] = [];
  cases = 0;
  private readonly open: Element[] = [];
  private elements = 0;
  private errors = 0;

  read(text: string): void {
    const parser = new SaxesParser({ xmlns: false, position: true });
    const stop = (message: string): never => {
      throw new Unreadable('CHECK_MALFORMED', `line ${parser.line} ${message}`);
    };
    parser.on('error', ({ message }) => stop(`is not well-formed XML: ${message.replace(/^\d+:\d+: /, '')}`));
    parser.on('doctype', () => stop('declares a document type, which is not read'));
    parser.on('xmldecl', ({ encoding }) => {
      if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8')
        stop(`says that it is ${encoding.slice(0, 40)}, and UTF-8 is read`);
    });
    parser.on('opentag', ({ name, attributes }) => {
      if (Object.keys(attributes).length > MOST_ATTRIBUTES)
        stop(`has more than ${MOST_ATTRIBUTES} attributes`);
      this.begin(name, attributes, stop);
    });
    const collect = (words: string): void => {
      const inner = this.open.at(-1);
      if (inner !== undefined && OUTCOMES.has(inner.name) && inner.text.length < MOST_TEXT)
        inner.text += words.slice(0, MOST_TEXT);
    };
    parser.on('text', collect);
    parser.on('cdata', collect);
    parser.on('closetag', () => this.end(stop));
    parser.write(text).close();
  }

  private begin(
    name: string,
    attributes: Readonly<Record<string, string>>,
    stop: (message: string) => never,
  ): void {
    this.elements += 1;
    if (this.elements > MOST_ELEMENTS) stop(`has more than ${MOST_ELEMENTS} elements`);
    if (this.open.length >= MOST_DEPTH) stop(`is nested deeper than ${MOST_DEPTH} levels`);
    if (this.open.length === 0 && name !== 'testsuites' && name !== 'testsuite')
      throw new Unreadable('CHECK_NOT_THIS_FORMAT', 'has another root than testsuites or testsuite');
    if (name === 'testcase') this.cases += 1;
    this.open.push({ name, attributes, before: this.errors, text: '' });
  }

  private end(stop: (message: string) => never): void {
    const ended = this.open.pop();
    const around = this.open.at(-1);
    if (ended === undefined || around === undefined) {
      if (ended !== undefined) this.compare(ended, stop);
      return;
    }
    if (around.name === 'testcase' && OUTCOMES.has(ended.name)) this.outcome(around, ended);
    if (ended.name === 'testsuite') this.compare(ended, stop);
  }

  private outcome({ attributes: test }: Element, { name, attributes, text }: Element): void {
    const rule = [test['classname'], test['name']]
      .filter((part) => part !== undefined && part !== '')
      .join('.');
    const message = [attributes['message'], text, attributes['type'], name].find(
      (words) => words !== undefined && words.trim() !== '',
    );
    if (name !== 'skipped') this.errors += 1;
    this.findings.push(finding(rule, name === 'skipped' ? 'note' : 'error', message ?? name));
  }

  /** A suite that counts more failures than it holds was cut, or says something that is not read. */
  private compare({ name, attributes, before }: Element, stop: (message: string) => never): void {
    const counted = ['failures', 'errors'].map((key) => {
      const text = attributes[key]?.trim() ?? '0';
      return /^\d{1,9}$/.test(text) ? Number(text) : stop(`has a count of ${key} that is none`);
    });
    const told = counted.reduce((sum, count) => sum + count, 0);
    const found = this.errors - before;
    if (told > found) stop(`ends a ${name} that counts ${told} failures and errors, and holds ${found}`);
  }
}
