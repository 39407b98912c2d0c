/** Texts that people have written to make the pages of others do something, and addresses that are none. */
export interface Corpus {
  readonly texts: readonly string[];
  /** What begins as an address may, or pretends to. */
  readonly addresses: readonly string[];
}

/** Of our own. */
export async function ownCorpus(): Promise<Corpus> {
  const response = await fetch('/packages/elements/src/xss/corpus.json');
  return (await response.json()) as Corpus;
}

/** The lines of public collections, where they are beside the checkout or `LMS_LIVE_CORPORA` names them; null: they are not there. */
export async function publicTexts(): Promise<readonly string[] | null> {
  const response = await fetch('/corpora/xss/payloads.txt');
  if (!response.ok) return null;
  const lines = (await response.text()).split('\n').filter((line) => line.trim() !== '');
  return [...new Set(lines)];
}
