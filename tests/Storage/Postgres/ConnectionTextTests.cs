using MemScope.Storage.Postgres;
using Npgsql;

namespace MemScope.Storage.Tests.Postgres;

public sealed class ConnectionTextTests
{
    [Fact]
    public void An_address_as_other_tools_take_it_is_understood()
    {
        var connection = new NpgsqlConnectionStringBuilder(ConnectionText.Parse("postgres://me%40x:p%3Aw%2Fd@db.example:6432/mem?sslmode=verify-full"));
        Assert.Equal(("db.example", 6432, "me@x", "p:w/d", "mem", SslMode.VerifyFull),
            (connection.Host, connection.Port, connection.Username, connection.Password, connection.Database, connection.SslMode));
    }

    [Fact]
    public void The_words_of_Npgsql_are_understood()
    {
        var connection = new NpgsqlConnectionStringBuilder(ConnectionText.Parse("Host=db;Username=me;Database=mem"));
        Assert.Equal(("db", "me", "mem"), (connection.Host, connection.Username, connection.Database));
    }

    [Theory]
    [InlineData("Host=db;Username=me", true)]
    [InlineData("postgres://me@db/mem", true)]
    [InlineData("Host=db;Username=me;Max Auto Prepare=0", false)]
    [InlineData("postgres://me@db/mem?max_auto_prepare=0", false)]
    public void Statements_are_prepared_unless_the_text_says_that_they_are_not(string text, bool prepared) =>
        Assert.Equal(prepared, new NpgsqlConnectionStringBuilder(ConnectionText.ParsePrepared(text)).MaxAutoPrepare > 0);

    [Theory]
    [InlineData("postgres://")]
    [InlineData("postgres://secret@:x/")]
    [InlineData("postgres://u:secret@h/d?no_such_word=1")]
    [InlineData("secret")]
    [InlineData("Host=h;Colour=secret")]
    public void Anything_else_is_refused_without_repeating_what_may_be_a_password(string text)
    {
        var refusal = Assert.Throws<ArgumentException>(() => ConnectionText.Parse(text));
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("postgres://", refusal.Message, StringComparison.Ordinal);
    }
}
