namespace MemScope.Symbols.Elf;

/// <summary>What is wrong with a file.</summary>
public enum ElfProblemKind : byte
{
    /// <summary>It does not begin with <c>\x7fELF</c>.</summary>
    NotElf,
    /// <summary>It ends before something that its headers promise.</summary>
    Truncated,
    /// <summary>Its headers contradict themselves.</summary>
    Malformed,
    /// <summary>It asks for more than <see cref="ElfLimits"/> allows.</summary>
    TooLarge,
    /// <summary>It is of a class, byte order, version or type that is not read.</summary>
    Unsupported,
}

/// <summary>A problem with an ELF file.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Text">One sentence for the person who sent the file; holds numbers from the file, never its strings.</param>
public sealed record ElfProblem(ElfProblemKind Kind, string Text)
{
    /// <summary>The miss that frames of this module get.</summary>
    public SymbolMiss Miss => Kind is ElfProblemKind.Unsupported or ElfProblemKind.TooLarge ? SymbolMiss.Unsupported : SymbolMiss.Malformed;

    /// <summary>The stable name: <c>not-elf</c>, <c>truncated</c>, <c>malformed</c>, <c>too-large</c>, <c>unsupported</c>.</summary>
    public string Slug => Kind switch
    {
        ElfProblemKind.NotElf => "not-elf",
        ElfProblemKind.Truncated => "truncated",
        ElfProblemKind.Malformed => "malformed",
        ElfProblemKind.TooLarge => "too-large",
        _ => "unsupported",
    };
}
