using System.Globalization;

namespace MemScope.Benchmarks.Stacks;

/// <summary><c>./memscope bench stacks [--pairs N] [--quick] [NAME…]</c>: traces from their upload to the screen, symbols and flame graphs against other tools in the same run.</summary>
internal static class StacksRun
{
    /// <summary>Writes a trace for a look at it: <c>write DIALECT EVENTS CHAINS PATH</c>; or folded stacks: <c>write-folded MEGABYTES PATH</c>.</summary>
    public static Task<int> StartAsync(string[] arguments)
    {
        if (arguments is ["write", var dialect, var events, var chains, var path])
        {
            new TraceText(Enum.Parse<TraceDialect>(dialect, ignoreCase: true), int.Parse(events, CultureInfo.InvariantCulture), int.Parse(chains, CultureInfo.InvariantCulture), 24).Write(path);
            return Task.FromResult(0);
        }
        if (arguments is ["write-folded", var megabytes, var folded])
        {
            new FoldedText(long.Parse(megabytes, CultureInfo.InvariantCulture) * 1_000_000).Write(folded);
            return Task.FromResult(0);
        }
        return Task.FromResult(2);
    }
}
