using MemScope.Benchmarks.Engine;
using MemScope.Benchmarks.Stacks;

namespace MemScope.Benchmarks.Ui;

/// <summary>The filter box over the regions of the wide process: from a key until the table that answers it is drawn.</summary>
internal static class FilterBench
{
    private const double LimitMs = 100;

    /// <summary>Milliseconds between two keys: a fast typist's.</summary>
    private const int BetweenKeysMs = 120;

    /// <summary>Typed first and not counted: the server compiles what it runs often, and judges the process once.</summary>
    private const string WarmUp = "libraries-of-a-service";

    // A key whose answer was overtaken by a later one counts until that stands.
    private const string Watch = """
        () => {
          const box = document.querySelector('input[type=search][aria-label="Filter regions"]');
          window.keys = [];
          let waiting = [];
          box.addEventListener('input', event => waiting.push({ text: box.value, at: event.timeStamp }), true);
          const look = () => {
            const shown = document.querySelector('[data-filter]')?.dataset.filter;
            const at = waiting.findLastIndex(key => key.text === shown);
            if (at >= 0) {
              const done = waiting.slice(0, at + 1);
              waiting = waiting.slice(at + 1);
              requestAnimationFrame(() => { for (const key of done) window.keys.push(performance.now() - key.at); });
            }
            requestAnimationFrame(look);
          };
          look();
          box.focus();
        }
        """;

    private static readonly string[] Typed = ["libservice-01", "0x7f80", "anonymous", "lib.*[13]", "r-xp"];

    /// <summary>Measures it.</summary>
    public static async Task MeasureAsync(EngineReport report, UiSite site, Browser browser, bool isWhole)
    {
        using (var judged = await site.Client.GetAsync(new Uri($"api/v1/processes/{site.Wide.Id}/findings", UriKind.Relative))) judged.EnsureSuccessStatusCode();
        await using var tab = await Tab.OpenAsync(await browser.NewProfileAsync());
        await tab.GoAsync(site.At($"p/{site.Wide.Id}/regions"), "document.querySelector('table.regions tbody tr') && !document.querySelector('.waiting')");
        await tab.Page.EvaluateAsync(Watch);
        var keys = 0;
        string[] texts = isWhole ? [WarmUp, .. Typed] : ["l", "lib"];
        foreach (var text in texts)
        {
            foreach (var key in text)
            {
                await tab.Page.Keyboard.PressAsync(key.ToString());
                await Task.Delay(BetweenKeysMs);
            }
            for (var i = 0; i < text.Length; i++)
            {
                await tab.Page.Keyboard.PressAsync("Backspace");
                await Task.Delay(BetweenKeysMs);
            }
            keys += 2 * text.Length;
            await tab.Page.WaitForFunctionAsync("keys => window.keys.length >= keys", keys);
        }
        var times = (await tab.Page.EvaluateAsync<double[]>("() => window.keys"))[(2 * texts[0].Length)..].Order().ToArray();
        report.Add(UiRun.Figure("filter over the wide process, from key to drawn rows, ms", times, LimitMs));
        report.Say("the same, 95 % of the keys within", EngineReport.Ms(times[times.Length * 95 / 100]), isBad: false);
    }
}
