using MemScope.Core.Model;

namespace MemScope.Core.Formats;

/// <summary>The name of a frame in a folded line, by the rules of stackcollapse-perf.pl (FlameGraph), so that what its readers know looks the same.</summary>
internal static class FoldedName
{
    private const string AnonymousNamespace = "(anonymous namespace)";

    /// <summary>The name; several with semicolons between them where a JIT wrote <c>outer->inlined</c>.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="comm">Name of the thread: Java has names of its own.</param>
    public static string Of(RawFrame frame, string comm)
    {
        if (frame.Function is null) return Tidy(frame.Module is { } module ? $"[{module[(module.LastIndexOf('/') + 1)..]}]" : "[unknown]", comm);
        if (!frame.Function.Contains("->", StringComparison.Ordinal)) return Tidy(frame.Function, comm);
        var parts = frame.Function.Split("->");
        var count = parts.Length;
        while (count > 1 && parts[count - 1].Length == 0) count--;
        return string.Join(';', parts.Take(count).Select((p, i) => Tidy(p, comm) + (i > 0 ? "_[i]" : "")));
    }

    private static string Tidy(string name, string comm)
    {
        if (name.AsSpan().IndexOfAny(";(\"'\n") >= 0)
        {
            name = name.Replace(';', ':').Replace('\n', ' ');
            if (!IsGoMethod(name)) name = WithoutArguments(name);
            name = name.Replace("\"", "", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal);
        }
        // The signature of a Java class: Lorg/mozilla/javascript/ContextFactory
        return comm is "java" && name.StartsWith('L') && name.Contains('/', StringComparison.Ordinal) ? name[1..] : name;
    }

    /// <summary><c>net/http.(*Client).Do</c>: the parenthesis is part of the name.</summary>
    private static bool IsGoMethod(string name) => name.IndexOf(".(", StringComparison.Ordinal) is >= 0 and var open && name.IndexOf(").", open + 2, StringComparison.Ordinal) >= 0;

    private static string WithoutArguments(string name)
    {
        for (var at = name.IndexOf('('); at >= 0; at = name.IndexOf('(', at + 1))
            if (string.CompareOrdinal(name, at, AnonymousNamespace, 0, AnonymousNamespace.Length) != 0) return name[..at];
        return name;
    }
}
