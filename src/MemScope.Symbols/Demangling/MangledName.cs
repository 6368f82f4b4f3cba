using System.Buffers;
using System.Text;

namespace MemScope.Symbols.Demangling;

/// <summary>A symbol's name taken apart: what the demangler understands, and what compilers and linkers append to it.</summary>
/// <param name="Core">The mangled name itself: <c>_Z…</c> (C++, old Rust) or <c>_R…</c> (Rust).</param>
/// <param name="Clones">Suffixes of optimizers, first to last: <c>.part.0</c>, <c>.cold</c>.</param>
/// <param name="Version"><c>@GLIBC_2.34</c>, <c>@@VERS_1</c>, <c>@plt</c>, or empty.</param>
internal readonly record struct MangledName(string Core, IReadOnlyList<string> Clones, string Version)
{
    /// <summary>Longest name that is demangled, in characters.</summary>
    public const int MostLength = 64 << 10;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.$@");

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789ABCDEFabcdef");

    // gcc and clang: gcc/ipa-*.c, gcc/lto/, llvm FunctionImport; c++filt knows the same shape.
    private static readonly HashSet<string> CloneWords =
        ["cold", "part", "isra", "constprop", "lto_priv", "llvm", "localalias", "clone", "ltrans", "simdclone", "warm", "hot", "unlikely", "uniq", "__uniq", "resolver", "default", "ifunc"];

    /// <summary>Whether the name looks mangled; nothing with a blank, a control character or anything else that no mangling has.</summary>
    public static bool TryParse(string name, out MangledName mangled)
    {
        mangled = default;
        if (name.Length > MostLength || !name.StartsWith('_') || name.AsSpan().ContainsAnyExcept(Allowed)) return false;
        var underscores = 1;
        while (underscores < name.Length && name[underscores] == '_') underscores++;
        if (underscores >= name.Length || underscores > 4) return false;
        // Some platforms put an underscore before every symbol, blocks have two more: ___Z.
        var isItanium = name[underscores] == 'Z';
        if (!isItanium && !(underscores == 1 && name[1] == 'R')) return false;
        var rest = name.AsSpan(underscores - 1);
        var at = rest.IndexOf('@');
        var version = at < 0 ? "" : rest[at..].ToString();
        if (at >= 0) rest = rest[..at];
        var clones = new List<string>();
        while (CloneSuffix(rest) is > 0 and var length)
        {
            clones.Insert(0, rest[^length..].ToString());
            rest = rest[..^length];
        }
        if (rest.Length < 3) return false;
        mangled = new MangledName(rest.ToString(), clones, version);
        return true;
    }

    /// <summary>The demangled core with the rest put back as c++filt does: <c>f(int) [clone .part.0] [clone .cold]@@V1</c>.</summary>
    public string Append(string demangled)
    {
        if (Clones.Count == 0 && Version.Length == 0) return demangled;
        var text = new StringBuilder(demangled);
        foreach (var clone in Clones) text.Append(" [clone ").Append(clone).Append(']');
        return text.Append(Version).ToString();
    }

    /// <summary>Characters of a last <c>.word</c>, <c>.word.123</c> or <c>.123</c>; 0 when there is none. Old Rust names hold dots of their own.</summary>
    private static int CloneSuffix(ReadOnlySpan<char> name)
    {
        var dot = name.LastIndexOf('.');
        if (dot <= 2 || dot == name.Length - 1) return 0;
        var last = name[(dot + 1)..];
        var words = CloneWords.GetAlternateLookup<ReadOnlySpan<char>>();
        if (words.Contains(last)) return name.Length - dot;
        if (last.ContainsAnyExcept(HexDigits)) return 0;
        var before = name[..dot].LastIndexOf('.');
        if (before > 2 && words.Contains(name[(before + 1)..dot])) return name.Length - before;
        return last.ContainsAnyExceptInRange('0', '9') ? 0 : name.Length - dot;
    }
}
