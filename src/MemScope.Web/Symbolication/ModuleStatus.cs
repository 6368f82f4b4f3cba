namespace MemScope.Web.Symbolication;

/// <summary>What is known of a module's symbols.</summary>
/// <param name="BuildId">Its build id, or null.</param>
/// <param name="Symbols">State, in the words of <see cref="Wire.ModuleWire.Symbols"/>.</param>
/// <param name="File">The file that names come from, or null.</param>
/// <param name="MatchedBy"><c>build-id</c>, <c>file-name</c>, or null without a file.</param>
/// <param name="Note">What is wrong, or what a server answered; null as a rule.</param>
internal sealed record ModuleStatus(string? BuildId, string Symbols, string? File, string? MatchedBy, string? Note);
