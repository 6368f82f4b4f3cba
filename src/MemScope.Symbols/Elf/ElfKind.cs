namespace MemScope.Symbols.Elf;

/// <summary>What a file is good for.</summary>
public enum ElfKind : byte
{
    /// <summary>A program, position-independent or not.</summary>
    Executable,
    /// <summary>A shared library.</summary>
    SharedObject,
    /// <summary>Debug information split off from one of the former: its code takes no bytes in the file.</summary>
    Debug,
    /// <summary>An object file or kernel module; its addresses mean nothing before it is linked.</summary>
    Relocatable,
    /// <summary>A core dump.</summary>
    Core,
    /// <summary>Something else.</summary>
    Other,
}

/// <summary>Names of <see cref="ElfKind"/> on the wire and in storage.</summary>
public static class ElfKinds
{
    /// <summary>The stable name: <c>executable</c>, <c>shared-object</c>, <c>debug</c>, <c>relocatable</c>, <c>core</c>, <c>other</c>.</summary>
    public static string Slug(this ElfKind kind) => kind switch
    {
        ElfKind.Executable => "executable",
        ElfKind.SharedObject => "shared-object",
        ElfKind.Debug => "debug",
        ElfKind.Relocatable => "relocatable",
        ElfKind.Core => "core",
        _ => "other",
    };
}
