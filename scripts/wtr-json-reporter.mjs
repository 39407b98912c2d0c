/** A reporter of Web Test Runner that writes how many tests passed and failed, for `scripts/test.mjs` to add up. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';

/**
 * @typedef {{ name: string, passed: boolean, skipped: boolean, error?: { message?: string } }} TestResult
 * @typedef {{ name: string, suites: SuiteResult[], tests: TestResult[] }} SuiteResult
 */

/**
 * @param {string} reportFile where the report goes
 * @returns {import('@web/test-runner').Reporter}
 */
export function jsonReporter(reportFile) {
  return {
    onTestRunFinished({ sessions }) {
      const report = { passed: 0, failed: 0, skipped: 0, failures: /** @type {string[]} */ ([]) };
      for (const session of sessions) {
        const file = relative('', session.testFile);
        for (const { name, test } of testsIn(session.testResults)) {
          if (test.skipped) report.skipped += 1;
          else if (test.passed) report.passed += 1;
          else {
            report.failed += 1;
            report.failures.push(`${file}: ${name}: ${test.error?.message ?? 'failed'}`);
          }
        }
        // A file that did not load, or that failed outside its tests, has no failed test to show for it.
        for (const error of session.errors) {
          report.failed += 1;
          report.failures.push(`${file}: ${error.message}`);
        }
      }
      mkdirSync(dirname(reportFile), { recursive: true });
      writeFileSync(reportFile, `${JSON.stringify(report, null, 2)}\n`);
    },
  };
}

/**
 * @param {SuiteResult | undefined} suite
 * @param {string} prefix
 * @returns {Generator<{ name: string, test: TestResult }>}
 */
function* testsIn(suite, prefix = '') {
  if (suite === undefined) return;
  for (const test of suite.tests) yield { name: `${prefix}${test.name}`, test };
  for (const child of suite.suites) yield* testsIn(child, `${prefix}${child.name} › `);
}
