/**
 * Describes the elements for editors, frameworks and the documentation, from their sources.
 * A class is published as an element when its docstring names its tag: `@customElement lms-chat`.
 */
import { jsxTypesPlugin } from '@wc-toolkit/jsx-types';
import { customElementJetBrainsPlugin } from 'custom-element-jet-brains-integration';
import { customElementVsCodePlugin } from 'custom-element-vs-code-integration';
import { customElementVuejsPlugin } from 'custom-element-vuejs-integration';

const outdir = 'dist';
const CLASSES = 'dist/index.js';

/** The manifest speaks of what users import: the entries, not the folders within, and no private member. */
const publicApiPlugin = {
  name: 'public-api',
  packageLinkPhase({ customElementsManifest }) {
    const elements = customElementsManifest.modules
      .flatMap((module) => module.declarations ?? [])
      .filter((declaration) => declaration.customElement && declaration.tagName !== undefined)
      .sort((a, b) => a.tagName.localeCompare(b.tagName));
    for (const element of elements) {
      element.members = element.members?.filter(
        (member) => member.privacy !== 'private' && member.privacy !== 'protected' && !member.name.startsWith('#'),
      );
    }
    const classes = {
      kind: 'javascript-module',
      path: CLASSES,
      declarations: elements,
      exports: elements.map(({ name }) => ({ kind: 'js', name, declaration: { name, module: CLASSES } })),
    };
    const definitions = elements.map(({ name, tagName }) => ({
      kind: 'javascript-module',
      path: `dist/define/${tagName.replace(/^lms-/, '')}.js`,
      declarations: [],
      exports: [{ kind: 'custom-element-definition', name: tagName, declaration: { name, module: CLASSES } }],
    }));
    customElementsManifest.modules = [classes, ...definitions];
  },
};

export default {
  globs: ['src/**/*.ts'],
  exclude: ['src/**/*.test.ts', 'src/**/testing/**', 'src/xss/**', 'src/define/**', 'src/translations/**'],
  outdir,
  litelement: true,
  packagejson: false,
  plugins: [
    publicApiPlugin,
    customElementVsCodePlugin({
      outdir,
      htmlFileName: 'vscode.html-custom-data.json',
      cssFileName: 'vscode.css-custom-data.json',
      hideLogs: true,
    }),
    customElementJetBrainsPlugin({ outdir, packageJson: false, hideLogs: true }),
    customElementVuejsPlugin({
      outdir,
      fileName: 'custom-elements-vue.d.ts',
      componentTypePath: () => './index.js',
      hideLogs: true,
    }),
    jsxTypesPlugin({ outdir, fileName: 'custom-elements-jsx.d.ts', componentTypePath: () => './index.js' }),
  ],
};
