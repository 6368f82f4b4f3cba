using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>Which module a call is counted for: the innermost one that is not the C library or the loader, whose functions only pass the call on.</summary>
public static class CallingModule
{
    private static readonly string[] Wrappers = ["libc", "libpthread", "ld", "ld-linux", "ld-linux-x86-64", "ld-linux-aarch64", "ld-musl-x86_64", "ld-musl-aarch64", "ld64", "[vdso]", "linux-vdso", "linux-gate"];

    /// <summary>The module of a callchain, or null when no frame names one. A callchain wholly inside the C library is counted for it.</summary>
    /// <param name="callchain">Leaf first.</param>
    /// <param name="moduleOf">What the module of a frame is called, by the frame's index; null for what the tracer printed.</param>
    public static string? Of(Callchain callchain, Func<int, string?>? moduleOf = null)
    {
        string? wrapper = null;
        for (var i = 0; i < callchain.Frames.Count; i++)
        {
            var module = moduleOf is null ? callchain.Frames[i].Module : moduleOf(i);
            if (string.IsNullOrEmpty(module)) continue;
            if (!IsWrapper(module)) return module;
            wrapper ??= module;
        }
        return wrapper;
    }

    /// <summary>Whether a module is the C library, the loader or the vdso, by the name of its file: <c>libc.so.6</c>, <c>libc-2.31.so</c>, <c>ld-linux-x86-64.so.2</c>.</summary>
    public static bool IsWrapper(string module)
    {
        var name = module.AsSpan()[(module.LastIndexOf('/') + 1)..];
        foreach (var wrapper in Wrappers)
        {
            if (!name.StartsWith(wrapper, StringComparison.Ordinal)) continue;
            var rest = name[wrapper.Length..];
            if (rest.IsEmpty || rest.StartsWith(".so", StringComparison.Ordinal) || (rest.Length > 1 && rest[0] == '-' && char.IsAsciiDigit(rest[1]))) return true;
        }
        return false;
    }
}
