namespace MemScope.Web.Sharing.Redaction;

/// <summary>What a text of a shared document may tell of a machine or its people. Each string of every wire record has one (<see cref="TextKinds"/>).</summary>
public enum TextKind
{
    /// <summary>One word of a closed list, a unit, a version, a digest or a build id: tells nothing of machine, paths or people, and stays as it is.</summary>
    Word,
    /// <summary>Words made of other texts: sentences, titles, what people wrote, filters. Whatever is taken out elsewhere is taken out of them too.</summary>
    Prose,
    /// <summary>Name of a machine.</summary>
    Host,
    /// <summary>Command line of the process.</summary>
    CommandLine,
    /// <summary>Name of a mapping, a file or a module; all of it is one path where it has a slash.</summary>
    Path,
    /// <summary>First address of a range, in hex.</summary>
    Start,
    /// <summary>Address behind a range, in hex; belongs to the <see cref="Start"/> of the same record.</summary>
    End,
    /// <summary>Both in one text, <c>start-end</c>.</summary>
    Range,
    /// <summary>Place of a frame in hex: an offset inside the module of the same record, or an address where it has none.</summary>
    Offset,
    /// <summary>Somebody who wrote a note.</summary>
    Person,
    /// <summary>Labels that were given to the process: the keys tell as much as the values.</summary>
    Labels,
}
